"""What a text says about itself, without a model: does it ask, is it Chinese, what is left without links and code.

The one place for language rules. English and Chinese (simplified and traditional) are covered; other languages are
recognised by their question mark alone. Measured on real talk by ``bench/questions.py``.
"""

import re

_FENCE = re.compile(r"(`{3,}|~{3,})[\s\S]*?(?:\1|\Z)")
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_QUOTED_LINE = re.compile(r"^[ \t]*(?:>|&gt;).*$", re.MULTILINE)
_LINK = re.compile(r"(?:https?://|ftp://|www\.)[^\s<>\"'）)】\]，。；]+", re.IGNORECASE)
_LINKED = re.compile(r"\[([^\]\n]{1,80})\]\((?:m:\d+|https?://[^)\s]+)\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})([^*\n]+)\1(?![\w*])")
_READ = 2000  # characters looked at; a question asked later in a longer text needs its mark
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_TAG = re.compile(r"<[^<>\n]{1,200}>")

# A question mark that closes a phrase; glued to a following letter it is a parameter or a pattern, not a question.
_MARK = re.compile(r"[?？؟](?![A-Za-z0-9_=&])")

# What may stand between the beginning of a clause and the interrogative form.
_CLAUSE = (
    r"(?:^|[.!?;:,(\n…\"]\s*|\b(?:and|but|so|or|then)\s+)"
    r"(?:(?:hi|hey|hello|ok|okay|also|well|btw|please|guys|all|anyway|folks|sorry|yo|@\S+)[\s,]+)*\s*"
)
_CLAUSE_START = re.compile(_CLAUSE + "$")
_WHO = r"(?:any|some)\s?(?:one|body)"
_NOT_SAID = r"(?!\s*[.!])"  # "is it." answers
# Written for lower-cased text and without a leading assertion, so that the engine can skip by first letters.
_ENGLISH_FORMS = "|".join(
    (
        r"how\s+(?:do|does|did|can|could|should|would|come|many|much|long|often|is|are|to)\b",
        r"what(?:['’]s|\s+(?:is|are|does|do|did|should|would|about|kind|sort|time|happens|happened))\b",
        r"why\s+(?:is|are|do|does|did|can['’]t|not|would|won['’]t|isn['’]t|doesn['’]t|don['’]t|am)\b",
        r"where(?:['’]s|\s+(?:is|are|can|could|do|does|did|should))\b",
        r"when\s+(?:is|are|do|does|did|will|can|should)\s+(?:the|you|we|it|this|that|i|they)\b",
        r"who(?:['’]s|\s+(?:is|are|can|knows|has|wants|else))\b",
        r"which\s+(?:one|of|version|do|does|did|should|would)\b",
        r"(?:can|could|would|will|should|may|shall|won['’]t|wouldn['’]t|can['’]t|couldn['’]t)\s+"
        rf"(?:i|you|we|he|she|they|it|this|there|{_WHO})\b{_NOT_SAID}",
        rf"(?:do|did|have|don['’]t|didn['’]t|haven['’]t)\s+(?:i|you|we|they|{_WHO})\b{_NOT_SAID}",
        rf"(?:does|doesn['’]t|is|isn['’]t|was|wasn['’]t|has|hasn['’]t)\s+"
        rf"(?:it|this|that|there|he|she|the|your|my|{_WHO})\b{_NOT_SAID}",
        rf"(?:are|aren['’]t|were|weren['’]t)\s+(?:you|we|they|there|these|those)\b{_NOT_SAID}",
        rf"{_WHO}\s+(?:(?:here|else|out there)\s+)*"
        r"(?:know|knows|have|has|had|tried|seen|got|able|used|using|want|wants|help|around|interested)\b",
        r"any\s+(?:ideas?|suggestions?|advice|tips|help|thoughts|recommendations?|pointers|clues?)\b",
        r"(?:i(?:['’]m| am| was)?\s+)?wonder(?:ing)?\s+(?:if|how|why|whether|what|where|who)\b",
    )
)
_ENGLISH = re.compile(_ENGLISH_FORMS)

_HAN_END = r"(?=\s*(?:[。.!！~～,，;；…\n]|$))"
_CHINESE = re.compile(
    "|".join(
        (
            r"[吗嗎么麼嘛]" + _HAN_END + r"(?<![没沒什甚怎這这那多要]么)(?<![没沒什甚怎這这那多要]麼)(?<!嘛)",
            r"(?:请问|請問|求助|求教|求推荐|求推薦|跪求|想问|想問|问一下|問一下|请教|請教)",
            r"(?:是不是|有没有|有沒有|能不能|可不可以|要不要|会不会|會不會|对不对|對不對|好不好|行不行|可否|能否|用不用|需不需要)",
            r"(?<![都没沒无無不管论論说說讲講])(?:为什么|為什麼|为啥|為啥|为何|為何|怎么办|怎麼辦|咋办|咋辦|怎么样|怎麼樣|怎么回事|怎麼回事)(?![都也])",
            r"(?:什么|什麼|哪里|哪裡|哪儿|哪个|哪個|哪些|哪种|哪種|几点|幾點|多少|多久|多大|谁|誰|怎么|怎麼|怎样|怎樣|如何)"
            r"[^。！!；;\n，,都也]{0,10}(?:呢|啊|呀)" + _HAN_END,
            r"(?:^|[。！!；;\n，, ])(?:[你您他她它我这那這請请大家有谁知道誰各位老师老師医生醫生]{0,6})"
            r"(?:怎么|怎麼|怎样|怎樣|如何|什么时候|什麼時候|什么是|什麼是|哪里|哪裡|哪儿|哪个|哪個|哪位|几点|幾點|多久|多少钱|多少錢|谁|誰)(?![都也])",
            r"(?:^|[。！!；;\n，, ])(?![^。！!；;\n，, ]{0,12}"
            r"(?:讲|講|介绍|介紹|分享|告诉|告訴|知道|了解|学习|學習|说明|說明|教|推荐|推薦|整理|谈|談))"
            r"[^。！!；;\n，, ]{1,16}(?:怎么|怎麼|如何|怎样|怎樣|咋)[\u3400-\u9fff]{0,6}" + _HAN_END,
            r"(?<!没)(?<!沒)(?:有什么|有什麼|有哪些|在哪|去哪|哪家|哪种|哪種|哪里|哪裡|算不算|好不好|行吗|咋样)[\u3400-\u9fff]{0,4}"
            + _HAN_END,
            r"(?:是什么|是什麼|吃什么|吃什麼|用什么|用什麼|做什么|做什麼|该怎么|該怎麼|要怎么|要怎麼|需要注意什么|需要注意什麼|会怎样|會怎樣)"
            r"[\u3400-\u9fff]{0,8}" + _HAN_END,
        )
    )
)
_CHINESE_HINT = re.compile(r"[吗嗎么麼谁誰哪几幾多何怎否咋啥问問求教不没沒]")

_ANY_SPACE = r"\s\pZ\x0b\x1c-\x1f\x{85}"  # what Python's \s means

# For RE2, to search in bulk first: whatever ``is_question`` accepts matches it (guarded by a test).
QUESTION_HINT = rf"(?i)[?？؟]|{_CHINESE_HINT.pattern}|" + (
    rf"{_CLAUSE}(?:{_ENGLISH_FORMS.replace(_NOT_SAID, '')})".replace(r"[\s,]", r"(?:\s|,)").replace(
        r"\s", f"[{_ANY_SPACE}]"
    )
)


def has_han(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return _HAN.search(text) is not None


def without_links_and_code(text: str) -> str:
    """The text without code, quoted lines and links: what the author says in words."""
    if "`" in text or "~~~" in text:
        text = _INLINE_CODE.sub(" ", _FENCE.sub(" ", text))
    if ">" in text or "&gt;" in text:
        text = _TAG.sub(" ", _QUOTED_LINE.sub(" ", text))
    if "://" in text or "www." in text or "WWW." in text:
        text = _LINK.sub(" ", text)
    return text


def links(text: str) -> list[str]:
    """The links in a text, in order, as written."""
    if "://" not in text and "www." not in text.lower():
        return []
    return _LINK.findall(text)


def has_link(text: str) -> bool:
    """Whether the text holds a link."""
    return ("://" in text or "www." in text.lower()) and _LINK.search(text) is not None


def is_question(text: str) -> bool:
    """Whether a message asks: a question mark (``?``, ``？``) or an interrogative form outside links, code and quotes.

    A form counts at the start of a clause ("does anyone know …", "请问 …", "… 吗"); an embedded one ("I know how it
    works") does not.
    """
    if "?" in text or "？" in text or "؟" in text:
        words = without_links_and_code(text)
        if _MARK.search(words) is not None:
            return True
        return _asks_in_words(words[:_READ])
    return _asks_in_words(text[:_READ], clean=False)


def _asks_in_words(text: str, *, clean: bool = True) -> bool:
    found = _asks_in_english(text)
    if not found and not text.isascii():
        found = _CHINESE_HINT.search(text) is not None and _CHINESE.search(text) is not None
    if not found or clean:
        return found
    words = without_links_and_code(text)
    return words == text or _asks_in_words(words)


def _asks_in_english(text: str) -> bool:
    low = text.lower()
    for found in _ENGLISH.finditer(low):
        start = found.start()
        if start and (low[start - 1].isalnum() or low[start - 1] == "_"):
            continue
        if start == 0 or _CLAUSE_START.search(low, max(0, start - 60), start) is not None:
            return True
    return False


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a text on one line, at most ``length`` characters, with an ellipsis when cut."""
    head = " ".join(_without_markup(text[: length * 3]).split())
    return head if len(head) <= length else head[: length - 1].rstrip() + "…"


def _without_markup(text: str) -> str:
    """Mentions, links and emphasis of Markdown as the words people see."""
    if "](" in text:
        text = _LINKED.sub(r"\1", text)
    return _EMPHASIS.sub(r"\2", text) if "*" in text else text


def question_excerpt(text: str, length: int = 160) -> str:
    """Like ``excerpt``, but when the question stands further down, from the sentence that asks."""
    if len(text) > length:
        words = without_links_and_code(text)
        mark = _MARK.search(words)
        if mark is not None and mark.end() > length:
            before = words[: mark.start()]
            start = max(before.rfind(end) for end in (". ", "! ", "。", "！", "\n"))
            start = max(start + 1, mark.end() - length)
            return "… " + excerpt(words[start : mark.end()], length - 2)
    return excerpt(text, length)
