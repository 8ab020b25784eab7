"""Every fixed sentence of the Slack bot."""

SEARCHING = "is searching the documents …"
EMPTY = "What would you like to know? Ask me about a policy, for example: How many days of leave do I get?"
BROKE_OFF = "The answer broke off. Please try again"
CHECK = "Made from your company's documents. Please check the sources before you rely on it."
VERIFIED = "Verified: a colleague who is responsible for this wrote and approved the answer."
FELL_BACK = "The language model failed or took too long, so the documents are quoted instead."
WAITING = "is busy: questions before yours: {before} …"
NO_SOURCE = "This answer cites no source. Please check it."
BETTER_IN_PRIVATE = "There is more about this in documents that you may read, but not everybody here."
SHOW_ME = "Show me privately"
ASK_HR = "Ask HR"
ON_THE_WEB = "Continue on the web"
SHARE = "Share with this channel"
ONLY_YOU = "Only you see this answer."
APOLOGY = "I am sorry, I could not answer this question: something broke each time that I tried. Please ask again."
MAY_HAVE_BEEN_SAID = (
    "Something broke just when I answered your question, so I do not know whether you saw the answer. If you did not, "
    "please ask again."
)
AWAY = "I cannot take questions just now. Please try again in a minute."
NOT_FOR_ALL = "The documents behind this answer are not open to everybody in this channel, so it cannot be shared here."
SHARED = "Shared in the channel, made from what everybody there may read."
UNSURE = "Slack did not say whether it was posted. Please look before you try again."
GONE_WRONG = "Something went wrong. Please try again."
NOT_A_MEMBER = "Only members of a channel may choose this, and I must be a member, too."
CANNOT_POST = "I cannot post there. Invite me to the channel with /invite, then try again."
THANKS_GOOD = "Thank you. Good to know."
THANKS_BAD = "Thank you. Your note goes to whoever looks after the documents."
TO_HR = "Sent. Answers come in the thread there."
SHARED_BY = "Shared by <@{user}>, who asked: {question}"
HR_ASKS = "<@{user}> asks, and agreed to share this question here:"
STOPPED = "Stopped."
PROMPTS_TITLE = "You could begin with"
PROMPTS = (
    ("Annual leave", "How many days of annual leave do I get?"),
    ("Expenses", "How do I claim my expenses?"),
    ("Working from home", "Can I work from home?"),
    ("Being ill", "Who do I tell when I am ill?"),
)
