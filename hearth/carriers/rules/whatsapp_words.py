"""What WhatsApp itself writes into an export, in the language of the phone: who came and went, what was left out,
edited or deleted. The main languages; a notice in another one is left out as a notice and counted.
"""

import re
from typing import NamedTuple

from hearth.carriers.rules.whatsapp_times import MARKS

_NOTICE = 300  # characters: no notice about people is longer
_YOU = frozenset(
    [
        "you",
        "du",
        "sie",
        "tú",
        "tu",
        "usted",
        "te",
        "você",
        "vocês",
        "vous",
        "tu",
        "hai",
        "ti",
        "jij",
        "je",
        "u",
        "вы",
        "вас",
        "тебя",
        "sen",
        "siz",
        "sizi",
        "anda",
        "kamu",
        "你",
        "您",
        "あなた",
        "회원",
        "أنت",
        "आप",
        "ustedes",
        "os",
        "dich",
        "euch",
        "jou",
    ]
)
_ABOUT_THINGS = re.compile(
    r"[“”„\"«»]|\b(?:group|gruppe|grupo|groupe|gruppo|groep|групп\w*|grup|community|communauté|comunidad\w*|icon|admin\w*"
    r"|message|messages|nachricht\w*|mensaje|mensagem|photo)\b|群组|群組|グループ|그룹",
    re.IGNORECASE,
)
_LIST = re.compile(r",\s+|、|，|،\s*|\s+(?:and|und|y|e|et|en|и|ve|dan|和|與|及|और|와|과|&)\s+|\s+و\s?")
_MARKS = re.compile(f"[{MARKS}]")

# who: whoever came or went; by: whoever did it. The first that matches counts.
_MOVES: tuple[tuple[str, str], ...] = (
    # added by somebody
    ("join", r"(?P<by>.+?) added (?P<who>.+)"),
    ("join", r"(?P<by>.+?) ha(?:t|st) (?P<who>.+) hinzugefügt"),
    ("join", r"se añadió a (?P<who>.+)"),
    ("join", r"(?:(?P<by>.+?) )?(?:añadió|agregó|añadiste|agregaste) a (?P<who>.+)"),
    ("join", r"(?P<by>.+?) adicionou (?P<who>.+)"),
    ("join", r"(?P<by>.+?) (?:a|avez) ajouté (?P<who>.+)"),
    ("join", r"(?:(?P<by>.+?) )?hai? aggiunto (?P<who>.+)"),
    ("join", r"(?P<by>.+?) (?:heeft|hebt) (?P<who>.+) toegevoegd"),
    ("join", r"(?P<by>.+?) добавил\S* (?P<who>.+)"),
    ("join", r"(?P<by>.+?), (?P<who>.+?) (?:kişisini|kişilerini|adlı kişiyi) ekledi"),
    ("join", r"(?P<by>.+?) (?:telah )?menambahkan (?P<who>.+)"),
    ("join", r"(?P<by>.+?)(?:さん)?が(?P<who>.+?)(?:さん)?を追加しました"),
    ("join", r"(?P<by>.+?)님이 (?P<who>.+?)님을 (?:추가|초대)했습니다"),
    ("join", r"قام (?P<by>.+?) بإضافة (?P<who>.+)"),
    ("join", r"(?P<by>.+?) أضاف (?P<who>.+)"),
    ("join", r"(?P<by>.+?) ने (?P<who>.+?) को (?:ग्रुप में )?(?:जोड़ा|शामिल किया).*"),
    ("join", r"(?P<by>.+?) ?已?(?:将|將|把) ?(?P<who>.+?) ?(?:添加|新增|加入|加到).*"),
    ("join", r"(?P<by>.+?) ?已?(?:添加|新增)了? ?(?P<who>.+)"),
    # came
    ("join", r"(?P<who>.+?) joined(?: the group| using .+| via .+| from .+| through .+)?"),
    ("join", r"(?P<who>.+) (?:was|were) added"),
    ("join", r"(?P<who>.+?) ist (?:.+ )?beigetreten(?: .+)?"),
    ("join", r"(?P<who>.+) wurden? hinzugefügt"),
    ("join", r"(?P<who>.+?) se unió(?: .+)?"),
    ("join", r"(?P<who>.+?) entrou(?: .+)?"),
    ("join", r"(?P<who>.+) (?:foi|foram) adicionad\S+"),
    ("join", r"(?P<who>.+?) a rejoint(?: .+)?"),
    ("join", r"(?P<who>.+) a été ajouté\S*"),
    ("join", r"(?P<who>.+?) (?:è entrat|si è unit)\S+(?: .+)?"),
    ("join", r"(?P<who>.+?) (?:neemt nu deel|is toegetreden|is toegevoegd)(?: .+)?"),
    ("join", r"(?P<who>.+?) (?:присоединил|вступил|добавлен)\S*(?: .+)?"),
    ("join", r"(?P<who>.+?),? (?:bu |grup|topluluk|davet).*katıldı"),
    ("join", r"(?P<who>.+) eklendi"),
    ("join", r"(?P<who>.+?) (?:telah )?bergabung(?: .+)?"),
    ("join", r"(?P<who>.+?)(?:さん)?が(?:.+(?:から|で))?参加しました"),
    ("join", r"(?P<who>.+?)님이 (?:.+ )?(?:참여했습니다|참가했습니다|들어왔습니다)"),
    ("join", r"انضم\S* (?P<who>.+?) (?:باستخدام|عبر|من خلال|إلى) .+"),
    ("join", r"(?P<who>.+?) انضم\S*(?: .+)?"),
    ("join", r"(?P<who>.+?) (?:ग्रुप|इस ग्रुप|समूह) .*(?:शामिल|जुड़).*"),
    ("join", r"(?P<who>.+?) ?已?(?:使用|通过|通過|透過|經由|经由).*加入.*"),
    ("join", r"(?P<who>.+?) ?已?加入(?:了?(?:此|该|該)?(?:群组|群組|群聊|群))?"),
    # removed by somebody
    ("leave", r"(?P<by>.+?) removed (?P<who>.+)"),
    ("leave", r"(?P<by>.+?) ha(?:t|st) (?P<who>.+) entfernt"),
    ("leave", r"(?:(?P<by>.+?) )?(?:eliminó|expulsó|sacó|eliminaste) a (?P<who>.+)"),
    ("leave", r"(?P<by>.+?) removeu (?P<who>.+)"),
    ("leave", r"(?P<by>.+?) (?:a|avez) (?:retiré|supprimé|exclu) (?P<who>.+)"),
    ("leave", r"(?:(?P<by>.+?) )?hai? rimosso (?P<who>.+)"),
    ("leave", r"(?P<by>.+?) (?:heeft|hebt) (?P<who>.+) verwijderd"),
    ("leave", r"(?P<by>.+?) удалил\S* (?P<who>.+)"),
    ("leave", r"(?P<by>.+?), (?P<who>.+?) (?:kişisini|adlı kişiyi) (?:gruptan )?çıkardı"),
    ("leave", r"(?P<by>.+?) (?:telah )?mengeluarkan (?P<who>.+)"),
    ("leave", r"(?P<by>.+?)(?:さん)?が(?P<who>.+?)(?:さん)?を(?:削除|退出させ)ました"),
    ("leave", r"(?P<by>.+?)(?:さん)?が(?P<who>.+?)(?:さん)?を削除しました"),
    ("leave", r"(?P<by>.+?)님이 (?P<who>.+?)님을 (?:내보냈습니다|삭제했습니다|강퇴했습니다)"),
    ("leave", r"قام (?P<by>.+?) بإزالة (?P<who>.+)"),
    ("leave", r"(?P<by>.+?) أزال (?P<who>.+)"),
    ("leave", r"(?P<by>.+?) ने (?P<who>.+?) को (?:ग्रुप से )?(?:हटा|निकाल).*"),
    ("leave", r"(?P<by>.+?) ?已?(?:将|將|把) ?(?P<who>.+?) ?(?:移除|移出|踢出|删除|刪除).*"),
    ("leave", r"(?P<by>.+?) ?已?(?:移除|移出)了? ?(?P<who>.+)"),
    # went
    ("leave", r"(?P<who>.+) left(?: the group)?"),
    ("leave", r"(?P<who>.+) (?:was|were) removed"),
    ("leave", r"(?P<who>.+) hat die Gruppe verlassen"),
    ("leave", r"(?P<who>.+) wurden? entfernt"),
    ("leave", r"(?P<who>.+?) (?:ha )?(?:salió|salido|abandonó)(?: del grupo| el grupo)?"),
    ("leave", r"(?P<who>.+) saiu(?: do grupo)?"),
    ("leave", r"(?P<who>.+) (?:foi|foram) removid\S+"),
    ("leave", r"(?P<who>.+?) (?:est parti\S*|a quitté(?: le groupe)?)"),
    ("leave", r"(?P<who>.+?) (?:ha abbandonato|è uscit\S+)(?: il gruppo| dal gruppo)?"),
    ("leave", r"(?P<who>.+?) (?:heeft de groep verlaten|is weggegaan)"),
    ("leave", r"(?P<who>.+?) (?:вышел\S*|вышла|покинул\S*)(?: из группы| группу)?"),
    ("leave", r"(?P<who>.+?) (?:gruptan )?(?:ayrıldı|çıktı)"),
    ("leave", r"(?P<who>.+?) (?:telah )?keluar(?: dari grup)?"),
    ("leave", r"(?P<who>.+?)(?:さん)?が(?:グループを|グループから)?退(?:出|会)しました"),
    ("leave", r"(?P<who>.+?)님이 (?:그룹을 )?(?:나갔습니다|퇴장했습니다)"),
    ("leave", r"غادر\S* (?P<who>.+?)(?: المجموعة)?"),
    ("leave", r"(?P<who>.+?) غادر\S*(?: المجموعة)?"),
    ("leave", r"(?P<who>.+?) (?:ने ग्रुप छोड़.*|ग्रुप से (?:निकल|चल).*)"),
    ("leave", r"(?P<who>.+?) ?已?(?:离开|離開|退出)了?(?:(?:此|该|該)?(?:群组|群組|群聊|群))?"),
)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _MOVES)


def _any(patterns: str) -> str:
    """One of several patterns, written one a line."""
    return "|".join(line.strip() for line in patterns.strip().split("\n"))


_DELETED = re.compile(
    "(?:"
    + _any(r"""
        this message was deleted(?: by .+)?
        you deleted this message(?: as admin)?
        diese nachricht wurde (?:von .+ )?gelöscht
        du hast diese nachricht gelöscht
        (?:se eliminó este mensaje|eliminaste este mensaje|este mensaje fue eliminado)(?: .+)?
        (?:essa |esta )?mensagem (?:foi )?apagada(?: .+)?
        (?:você )?apagou esta mensagem
        ce message a été supprimé(?: .+)?
        vous avez supprimé ce message
        questo messaggio è stato eliminato(?: .+)?
        hai eliminato questo messaggio
        dit bericht (?:is|werd) verwijderd(?: .+)?
        (?:u hebt|je hebt) dit bericht verwijderd
        (?:данное |это )?сообщение удалено(?: .+)?
        вы удалили (?:это|данное) сообщение
        bu mesaj silindi
        bu mesajı sildiniz
        pesan ini (?:telah )?dihapus(?: .+)?
        anda (?:telah )?menghapus pesan ini
        تم حذف هذه الرسالة
        لقد حذ\S+ هذه الرسالة
        यह (?:मैसेज|संदेश) (?:डिलीट|मिटा).*
        आपने यह (?:मैसेज|संदेश) .+
        此(?:消息|訊息)已(?:被)?(?:删除|刪除)
        [您你]已?(?:删除|刪除)了?[这這此]?[条條个個则則]?(?:消息|信息|訊息)
        このメッセージ(?:は|を)削除(?:されました|しました)
        이 메시지를 삭제했습니다
        삭제[된한] 메시지입니다""")
    + ")[.。]?",
    re.IGNORECASE,
)
_EDITED = re.compile(
    rf"\s*[{MARKS}]?<[{MARKS}]?[^<>]{{0,50}}"
    r"(?:edited|bearbeitet|editó|editad|modifi|bewerkt|измен|düzenlendi|diedit|编辑|編輯|編集|수정|تعديل|एडिट|संपादित)"
    r"[^<>]{0,20}>\s*$",
    re.IGNORECASE,
)
_OMITTED = re.compile(
    r"(?=.{3,120}$).*(?:"
    + _any(r"""
        omitted|weggelassen|ausgelassen|ausgeschlossen|fehlen
        omitid[oa]s?|omès|omes[oa]s?|omess[oai]|omis|absentes?|manquant\w*|mancante|retiré|non inclus[oa]|esclus[oa]
        não revelad[oa]|ocultad[oa]|ocult[oa]|weggelaten|weggelaat
        отсутству\w+|не добавлен\w*|пропущен\w*|без медиафайлов|без файл|без фајл\w*|відсутн\w+|не додано
        изоставен\w*|dahil edilmedi|atlanmış|tidak (?:disertakan|dimasukkan)|disingkirkan|dikecualikan
        略去|忽略|省略|含まれていません|メディアなし|생략됨|제외됨|생략한 대화내용
        استبعاد|لم يتم إدراج|حذف|نظرانداز|چھوڑ دیا
        छोड़ा गया|हटाई ग|के बिना|वगळल|বাদ দেওয়া হয়েছে
        pominięt\w+|udeladt|utelatt|ikke inkludert|uten vedlegg|utelämna\w+|uteslut\w+|vynech\w+
        kihagy\w+|elhagyva|hiányzó|jätett\w+ pois|jätetty|ei sisällyte\w+|παραλείφθηκ|παραλήφθηκ|εξαίρεση
        izostavljen\w*|izpuščen\w*|הושמט|לא נכללה|ถูกลบ|ละเว้น|ไม่มี|bỏ qua|đã bỏ""")
    + ").*",
    re.IGNORECASE,
)
_FRAMED = re.compile(r"<\s?([^<>\n]{3,60}?)\s?>")
_ATTACHED = re.compile(rf"[{MARKS}]?<[^<>:：\n]{{1,40}}[:：]\s?([^<>\n]{{1,200}}\.\w{{1,5}})>")
_FILE_LINE = re.compile(
    rf"[{MARKS}]?((?:IMG|VID|AUD|PTT|STK|DOC)-\d{{8}}-WA\d{{1,6}}\.\w{{1,5}}|[^\n/\\<>]{{1,200}}?\.\w{{1,5}})"
    rf" [(（][{MARKS}]?([^()\n]{{1,40}})[)）](?:\n|$)"
)
_FILE_WORDS = re.compile(
    _any(r"""
        attached|angehängt|adjunt|anexad|joint|allegat|bijgevoegd|прикреп|добавлен|eklendi|ekli|terlampir
        附件|附加|添付|첨부|مرفق|संलग्न"""),
    re.IGNORECASE,
)
_FILE_TITLE = re.compile(r"[^\n]{1,200}\.\w{1,5}(?: [•·] .{0,40})?")
_ENCRYPTED = re.compile(
    _any(r"""
        end-to-end|ende-zu-ende|extremo a extremo|ponta a ponta|bout en bout|сквозн|uçtan uca|ujung ke ujung
        crittografia|端到端|端對端|エンドツーエンド|종단간|طرف إلى طرف|بين الطرفين|एंड-टू-एंड"""),
    re.IGNORECASE,
)


class Moved(NamedTuple):
    """Who joined or left; ``by`` is empty when they did it themselves or the exporting person did it."""

    kind: str
    who: tuple[str, ...]
    by: str


def plain(text: str) -> str:
    """Without invisible marks, and with ordinary spaces."""
    return " ".join(_MARKS.sub("", text).split())


def moved(notice: str) -> Moved | None:
    """Who came or went; None when the notice speaks of something else or of the exporting person alone."""
    text = plain(notice).rstrip(".。")
    if len(text) > _NOTICE:
        return None
    for kind, pattern in _COMPILED:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        told = found.groupdict()
        if _ABOUT_THINGS.search(told["who"]):
            return None
        who = tuple(name for part in _LIST.split(told["who"]) if (name := part.strip(" ,")) and not _is_you(name))
        by = (told.get("by") or "").strip(" ,")
        return Moved(kind, who, "" if _is_you(by) else by) if who else None
    return None


def _is_you(name: str) -> bool:
    return name.casefold() in _YOU


def is_deleted(text: str) -> bool:
    """Whether the message was deleted before the export."""
    return len(text) < 200 and _DELETED.fullmatch(plain(text)) is not None


def is_encryption_notice(text: str) -> bool:
    """Whether this is the word about encryption that begins every chat."""
    return _ENCRYPTED.search(text[:400]) is not None


def without_edit_mark(text: str) -> tuple[str, bool]:
    """The text without “<This message was edited>”, and whether it stood there."""
    found = _EDITED.search(text, max(0, len(text) - 90)) if text.endswith(">") else None
    return (text[: found.start()], True) if found else (text, False)


def files_in(text: str, *, marked: bool) -> tuple[str, tuple[str, ...]]:
    """The text without what stands for files, and the files: names, or the words for what was not exported.

    ``marked``: the text begins with an invisible mark, as only WhatsApp's own words do on an iPhone.
    """
    files: list[str] = []
    if "<" in text:
        files += [_MARKS.sub("", name).strip() for name in _ATTACHED.findall(text)]
        text = _ATTACHED.sub("", text).strip()
    first, _, rest = text.partition("\n")
    framed = _FRAMED.fullmatch(plain(first)) if first.lstrip(MARKS).startswith("<") else None
    if framed and _OMITTED.fullmatch(framed[1]):
        return rest.strip(), (*files, framed[1])
    named = _FILE_LINE.match(text) if " (" in first or "（" in first else None
    if named and (_FILE_WORDS.search(named[2]) or "-WA" in named[1]):
        return text[named.end() :].strip(), (*files, named[1].strip())
    if "\u200e" in first and (marked or _FILE_TITLE.match(plain(first))) and _OMITTED.fullmatch(plain(first)):
        return rest.strip(), (*files, plain(first))
    if files and _FILE_TITLE.fullmatch(plain(text)):
        text = ""  # the document's own title before it
    return text, tuple(files)
