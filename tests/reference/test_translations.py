"""Every string people read exists in the three languages; a missing one fails here and says where it stands."""

import pytest

from tools.messages import LOCALES, extract, faults_of, in_python, in_template


@pytest.fixture(scope="module")
def found():
    return extract()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_string_is_translated_and_none_is_stale(locale: str, found):
    faults = faults_of(locale, found)
    assert faults == [], "\n" + "\n".join(faults) + "\n\nTranslate in hearth/locale, then run `make messages`."


def test_negative_control_an_untranslated_string_is_named():
    string = next(iter(in_python('_("A sentence that nobody ever translated.")')))
    said = "\n".join(faults_of("zh_Hans", {string: ["x.py"]}))
    assert "no translation of 'A sentence that nobody ever translated.'" in said


def test_strings_are_found_where_people_read_them():
    python = 'class Full(Refusal):\n    sentence = "Full."\n'
    python += 'raise Refusal("Not so.")\ndeclare("k", "Title", help="Help")\n'
    python += 'raise MergeRefused("Not these.")\nraise UnusableDocument("Nor this.")\nraise ValueError("For us.")\n'
    assert {one.msgid for one in in_python(python)} == {"Full.", "Not so.", "Title", "Help", "Not these.", "Nor this."}
    template = "{% trans 'Good day' %}{% blocktrans count n=n %}one{% plural %}many{% endblocktrans %}"
    assert [(one.msgid, one.plural) for one in in_template(template)] == [("Good day", ""), ("one", "many")]


def test_sentences_that_modules_declare_are_collected(found):
    from hearth.notify.registry import reasons
    from hearth.people.registry import consent_purposes, token_scopes

    told = {one.msgid for one in found}
    declared = {reason.sentence for reason in reasons} | {scope.title for scope in token_scopes}
    declared |= {words for purpose in consent_purposes for words in (purpose.title, purpose.text)}
    assert len(declared) > 20
    assert declared <= told


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_catalogue_is_the_written_one(locale: str):
    import polib

    from tools.messages import SOURCES

    folder = SOURCES / "locale" / locale / "LC_MESSAGES"
    entries = polib.pofile(str(folder / "django.po")), polib.mofile(str(folder / "django.mo"))
    written, compiled = ({(e.msgid, e.msgctxt): e.msgstr or e.msgstr_plural.get(0) for e in read} for read in entries)
    assert compiled == {key: text for key, text in written.items() if text}
