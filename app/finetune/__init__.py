"""Finetuning: the data, the training, the judgement."""
