"""The ways in which phones of the world write a time, and what WhatsApp itself says in their languages."""

from zoneinfo import ZoneInfo

import pytest

from hearth.carriers.rules.times import TimeProblemError
from hearth.carriers.rules.whatsapp_times import DateOrder, head_of, moment_of
from hearth.carriers.rules.whatsapp_words import Moved, files_in, is_deleted, moved, without_edit_mark
from hearth.carriers.tests.archives import read
from hearth.carriers.types import ImportMapping

AT = 1_704_057_300_000  # 2023-12-31 21:15 UTC
UTC = ZoneInfo("UTC")


@pytest.mark.parametrize(
    "start",
    [
        "12/31/23, 9:15\u202fPM - ",
        "12/31/23, 21:15 - ",
        "31/12/23, 9:15 pm - ",
        "31/12/2023, 21:15 - ",
        "31/12/23 9:15 p.\u00a0m. - ",
        "31/12/2023 9:15 p. m. - ",
        "31/12/2023 às 21:15 - ",
        "31/12/2023 à 21:15 - ",
        "31.12.23, 21:15 - ",
        "31.12.2023 klo 21.15 - ",
        "31.12.2023., 21:15 - ",
        "31.12.2023 г., 21:15 - ",
        "31-12-2023 21:15 - ",
        "31/12/23 21.15 - ",
        "31/12/2023 09:15 CH - ",
        "31.12.2023 ÖS 9:15 - ",
        "31/12/23, 9:15 μ.μ. - ",
        "2023-12-31, 9:15 p.m. - ",
        "2023/12/31 21:15 - ",
        "2023/12/31 下午9:15 - ",
        "2023年12月31日 晚上9:15 - ",
        "2023. 12. 31. 오후 9:15 - ",
        "2023. 12. 31. 21:15 - ",
        "३१/१२/२३, ९:१५ pm - ",
        "\u200f٣١\u200f/١٢\u200f/٢٠٢٣، ٩:١٥ م - ",
        "۲۰۲۳/۱۲/۳۱، ۲۱:۱۵ - ",
        "[31.12.23, 21:15:00] ",
        "[31/12/2023, 9:15:00\u202fPM] ",
        "\u200e[12/31/23, 9:15:00 PM] ",
        "[2023/12/31 下午9:15:00] ",
        "[2023. 12. 31. 오후 9:15:00] ",
        "\u200f[٣١/١٢/٢٠٢٣، ٩:١٥:٠٠ م] ",
        "[31-12-2023 21:15:00] ",
    ],
)
def test_a_time_is_read_in_the_form_of_every_phone(start):
    found = head_of(start + "Ada: hi")
    assert found is not None
    assert found[1] == "Ada: hi"
    assert moment_of(found[0], UTC, None) == AT


@pytest.mark.parametrize(
    "line", ["hi", "12/31 at nine", "12/31/23", "1. 2. 3. go", "[12:15] <ada> hi", "2023-12-31 21:15:33 Ada", ""]
)
def test_what_begins_otherwise_begins_no_message(line):
    assert head_of(line) is None


def test_noon_and_midnight_are_twelve(tmp_path):
    hours = [("12:00 AM", 0), ("12:00 PM", 12), ("1:00 AM", 1), ("11:59 PM", 23)]
    for shown, hour in hours:
        found = head_of(f"12/31/23, {shown} - Ada: hi")
        assert found is not None
        assert (moment_of(found[0], UTC, None) - 1_703_980_800_000) // 3_600_000 == hour


def test_an_unknown_half_of_the_day_is_refused_and_not_guessed():
    found = head_of("12/31/23, 9:15 xyz - Ada: hi")
    assert found is not None
    with pytest.raises(TimeProblemError, match="bad_time"):
        moment_of(found[0], UTC, None)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["1/2/23", "13/2/23"], True),
        (["1/2/23", "2/13/23"], False),
        (["3/1/23", "4/1/23", "2/2/23"], True),  # read the other way, time would run backwards
        (["1/3/23", "1/4/23", "2/2/23"], False),
        (["1.2.23", "2.3.23"], True),
        (["1-2-23"], True),
        (["1/2/23", "2/3/23"], None),
    ],
)
def test_the_whole_file_says_whether_the_day_comes_first(dates, expected):
    order = DateOrder()
    for date in dates:
        found = head_of(f"{date}, 21:15 - Ada: hi")
        assert found is not None
        order.saw(found[0])
    assert order.day_first is expected


def test_a_date_that_stays_open_is_refused_until_it_is_declared(tmp_path):
    path = tmp_path / "WhatsApp Chat with Ward.txt"
    path.write_text("1/2/23, 21:15 - Ada: hi\n2/3/23, 21:15 - Bo: hi\n5/5/23, 21:15 - Bo: hi\n")
    got = read(path)
    assert got.codes == ["ambiguous_time", "ambiguous_time"]
    assert len(got.messages) == 1
    declared = read(path, ImportMapping(day_first=True))
    assert [it.at_ms for it in declared.messages] == [1_675_286_100_000, 1_677_791_700_000, 1_683_321_300_000]


def test_a_pasted_line_in_another_form_stays_part_of_the_message(tmp_path):
    path = tmp_path / "WhatsApp Chat with Ward.txt"
    path.write_text("13/2/23, 21:15 - Ada: see\n[13.02.23, 20:00:00] Bo: pasted\n13/2/23, 21:16 - Bo: I see\n")
    assert read(path).texts == ["see\n[13.02.23, 20:00:00] Bo: pasted", "I see"]


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ("Ada added Bo", Moved("join", ("Bo",), "Ada")),
        ("Ada added Bo, Chen and Dara", Moved("join", ("Bo", "Chen", "Dara"), "Ada")),
        ("You added Bo", Moved("join", ("Bo",), "")),
        ("Ada added you", None),
        ("Bo was added", Moved("join", ("Bo",), "")),
        ("Bo joined using this group's invite link", Moved("join", ("Bo",), "")),
        ("Bo joined from the community", Moved("join", ("Bo",), "")),
        ("Ada removed Bo", Moved("leave", ("Bo",), "Ada")),
        ("Bo left", Moved("leave", ("Bo",), "")),
        ("Ada hat Bo hinzugefügt", Moved("join", ("Bo",), "Ada")),
        ("Bo ist über den Einladungslink dieser Gruppe beigetreten", Moved("join", ("Bo",), "")),
        ("Bo hat die Gruppe verlassen", Moved("leave", ("Bo",), "")),
        ("Ada hat Bo entfernt", Moved("leave", ("Bo",), "Ada")),
        ("Ada añadió a Bo", Moved("join", ("Bo",), "Ada")),
        ("Se añadió a Bo", Moved("join", ("Bo",), "")),
        ("Bo se unió usando el enlace de invitación de este grupo", Moved("join", ("Bo",), "")),
        ("Bo salió del grupo", Moved("leave", ("Bo",), "")),
        ("Ada eliminó a Bo", Moved("leave", ("Bo",), "Ada")),
        ("Ada adicionou Bo", Moved("join", ("Bo",), "Ada")),
        ("Bo entrou usando o link de convite deste grupo", Moved("join", ("Bo",), "")),
        ("Bo saiu", Moved("leave", ("Bo",), "")),
        ("Ada removeu Bo", Moved("leave", ("Bo",), "Ada")),
        ("Ada a ajouté Bo", Moved("join", ("Bo",), "Ada")),
        ("Bo a rejoint le groupe via le lien d'invitation", Moved("join", ("Bo",), "")),
        ("Bo a quitté le groupe", Moved("leave", ("Bo",), "")),
        ("Ada a retiré Bo", Moved("leave", ("Bo",), "Ada")),
        ("Ada ha aggiunto Bo", Moved("join", ("Bo",), "Ada")),
        ("Bo ha abbandonato", Moved("leave", ("Bo",), "")),
        ("Ada heeft Bo toegevoegd", Moved("join", ("Bo",), "Ada")),
        ("Bo heeft de groep verlaten", Moved("leave", ("Bo",), "")),
        ("Ada добавил(-а) Bo", Moved("join", ("Bo",), "Ada")),
        ("Bo вышел(-шла)", Moved("leave", ("Bo",), "")),
        ("Ada, Bo kişisini ekledi", Moved("join", ("Bo",), "Ada")),
        ("Bo grup davet bağlantısını kullanarak katıldı", Moved("join", ("Bo",), "")),
        ("Bo ayrıldı", Moved("leave", ("Bo",), "")),
        ("Ada menambahkan Bo", Moved("join", ("Bo",), "Ada")),
        ("Bo bergabung menggunakan tautan undangan grup ini", Moved("join", ("Bo",), "")),
        ("Bo keluar", Moved("leave", ("Bo",), "")),
        ("Ada 添加了 Bo", Moved("join", ("Bo",), "Ada")),
        ("Ada 已新增 Bo", Moved("join", ("Bo",), "Ada")),
        ("Bo 使用此群组的邀请链接加入了", Moved("join", ("Bo",), "")),
        ("Bo 已離開群組", Moved("leave", ("Bo",), "")),
        ("Ada 移除了 Bo", Moved("leave", ("Bo",), "Ada")),
        ("AdaがBoを追加しました", Moved("join", ("Bo",), "Ada")),
        ("Boがグループの招待リンクから参加しました", Moved("join", ("Bo",), "")),
        ("Boが退出しました", Moved("leave", ("Bo",), "")),
        ("Ada님이 Bo님을 추가했습니다", Moved("join", ("Bo",), "Ada")),
        ("Bo님이 나갔습니다", Moved("leave", ("Bo",), "")),
        ("قام Ada بإضافة Bo", Moved("join", ("Bo",), "Ada")),
        ("غادر Bo", Moved("leave", ("Bo",), "")),
        ("Ada ने Bo को जोड़ा", Moved("join", ("Bo",), "Ada")),
        ("Ada changed this group's icon", None),
        ("Ada added “Ward” to the community", None),
        ("Your security code with Ada changed. Tap to learn more.", None),
    ],
)
def test_who_came_and_went_is_understood_in_the_main_languages(notice, expected):
    assert moved(notice) == expected


@pytest.mark.parametrize(
    "text",
    [
        "This message was deleted",
        "You deleted this message",
        "This message was deleted by admin Ada.",
        "Diese Nachricht wurde gelöscht.",
        "Se eliminó este mensaje.",
        "Mensagem apagada",
        "Ce message a été supprimé",
        "Questo messaggio è stato eliminato",
        "Dit bericht is verwijderd",
        "Данное сообщение удалено",
        "Bu mesaj silindi",
        "Pesan ini telah dihapus",
        "تم حذف هذه الرسالة",
        "此消息已删除",
        "您已刪除此訊息",
        "このメッセージは削除されました",
        "삭제된 메시지입니다",
    ],
)
def test_a_deleted_message_is_known_in_the_main_languages(text):
    assert is_deleted("\u200e" + text)


@pytest.mark.parametrize(
    "text",
    [
        "<Media omitted>",
        "<Medien ausgeschlossen>",
        "<Multimedia omitido>",
        "<Archivo omitido>",
        "<Médias omis>",
        "<Fichier omis>",
        "<Mídia oculta>",
        "<Mídia omitida>",
        "<Ficheiro não revelado>",
        "<Media omessi>",
        "<Media weggelaten>",
        "<Медиафайл пропущен>",
        "<Без медиафайлов>",
        "<Medya dahil edilmedi>",
        "<Media tidak disertakan>",
        "<تم استبعاد الوسائط>",
        "<मीडिया के बिना>",
        "<省略多媒体文件>",
        "<忽略多媒體檔>",
        "<メディアなし>",
        "<미디어 파일 제외됨>",
        "<pliki pominięto>",
        "<Media har utelämnats>",
        "<Bỏ qua Media>",
    ],
)
def test_a_file_that_was_not_exported_is_known_in_many_languages(text):
    assert files_in(text, marked=False) == ("", (text.strip("<>"),))
    assert files_in(text + "\nThe rota", marked=False) == ("The rota", (text.strip("<>"),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u200eimage omitted", ("", ("image omitted",))),
        ("\u200eAudio weggelassen", ("", ("Audio weggelassen",))),
        ("\u200e图片已省略", ("", ("图片已省略",))),
        ("\u200e<attached: 00000003-PHOTO-2023-12-31.jpg>", ("", ("00000003-PHOTO-2023-12-31.jpg",))),
        ("Look\n\u200e<附件：00000003-a.jpg>", ("Look", ("00000003-a.jpg",))),
        ("rota.pdf (Datei angehängt)\nHere", ("Here", ("rota.pdf",))),
        ("PTT-20231231-WA0003.opus (archivo adjunto)", ("", ("PTT-20231231-WA0003.opus",))),
        ("I omitted the second dose", ("I omitted the second dose", ())),
        ("see a.pdf (page 3)", ("see a.pdf (page 3)", ())),
        ("a < b and c > d", ("a < b and c > d", ())),
    ],
)
def test_files_are_told_from_talk_about_them(text, expected):
    assert files_in(text, marked=text.startswith("\u200e")) == expected


@pytest.mark.parametrize(
    "mark",
    [
        "<This message was edited>",
        "\u200e<Diese Nachricht wurde bearbeitet.>",
        "<Se editó este mensaje.>",
        "<此消息已编辑>",
    ],
)
def test_an_edited_message_loses_its_mark(mark):
    assert without_edit_mark("I do " + mark) == ("I do", True)
    assert without_edit_mark("I do") == ("I do", False)
