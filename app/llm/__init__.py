"""Language models behind LangChain's chat model, each with the token counter of the model it serves."""
