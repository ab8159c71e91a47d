import array
import asyncio
import io
import shutil
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from contactcentre import paths
from contactcentre.__main__ import main
from contactcentre.features.prompts.document import PromptError, catalogue, untranslated
from contactcentre.features.prompts.playable import Library
from contactcentre.features.prompts.recorded import survey
from contactcentre.features.prompts.rendering import RenderingReport, build, render
from contactcentre.features.prompts.sounds import MUSIC, run
from contactcentre.features.prompts.speaker import HttpSpeaker
from contactcentre.settings import Settings
from ivr import say

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]  # thousands of processes

CONFIG = Path(__file__).parents[2] / "config"
TEXTS = {"lv": {"greeting": "Labdien!", "notice.112": "Zvaniet viens viens divi."}}


def sound(path: Path) -> tuple[int, int, int, bytes]:
    """Return rate, channels, bytes per sample, and the samples."""
    with wave.open(str(path)) as file:
        frames = file.readframes(file.getnframes())
        return file.getframerate(), file.getnchannels(), file.getsampwidth(), frames


def loudest(frames: bytes) -> int:
    return max(abs(sample) for sample in memoryview(frames).cast("h"))


async def test_two_rates(tmp_path: Path) -> None:
    """A prompt becomes mono 16-bit files of 8 and 16 kHz, loud enough and not clipped."""
    report = await render(TEXTS, tmp_path)
    assert (report.rendered, report.kept, report.recorded) == (2, 0, 0)
    for extension, rate in (("wav", 8000), ("wav16", 16000)):
        *form, frames = sound(tmp_path / f"lv/notice.112.{extension}")
        assert form == [rate, 1, 2]
        assert 10_000 < loudest(frames) < 32_000


async def test_only_what_changed(tmp_path: Path) -> None:
    """A second rendering makes only the prompt whose text changed, or whose file is gone."""
    await render(TEXTS, tmp_path)
    changed = {"lv": {**TEXTS["lv"], "greeting": "Labrīt!"}}
    report = await render(changed, tmp_path)
    assert (report.rendered, report.kept) == (1, 1)
    (tmp_path / "lv/greeting.wav16").unlink()
    report = await render(changed, tmp_path)
    assert (report.rendered, report.kept) == (1, 1)


async def test_recording(tmp_path: Path) -> None:
    """A recording takes the place of the spoken prompt, and gives it back when it is gone."""
    out, recordings = tmp_path / "out", tmp_path / "recordings"
    await render({"ru": {"greeting": "Здравствуйте!"}}, tmp_path / "voice")
    (recordings / "lv").mkdir(parents=True)
    shutil.copy(tmp_path / "voice/ru/greeting.wav16", recordings / "lv/greeting.wav")
    report = await render(TEXTS, out, recordings=recordings)
    assert (report.rendered, report.recorded) == (1, 1)
    recorded = sound(out / "lv/greeting.wav")
    assert (await render(TEXTS, out, recordings=recordings)).kept == 2
    assert (await render(TEXTS, out)).rendered == 1
    assert sound(out / "lv/greeting.wav") != recorded


async def test_nothing_half_made_is_left(tmp_path: Path) -> None:
    """A recording that is no sound fails by name, and leaves finished prompts and no debris."""
    out, recordings = tmp_path / "out", tmp_path / "recordings"
    await render(TEXTS, out)
    (recordings / "lv").mkdir(parents=True)
    (recordings / "lv/greeting.wav").write_text("no sound")
    with pytest.raises(PromptError, match="sox failed"):
        await render(TEXTS, out, recordings=recordings)
    assert sorted(path.name for path in out.iterdir()) == ["index.json", "lv"]
    assert sound(out / "lv/greeting.wav")[0] == 8000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("../x: a", r"lv.yaml, ../x: is no prompt key"),
        ("a: ''", "lv.yaml, a: has no text"),
        ("a: 5", "lv.yaml, a: must be a text"),
        ("- a", "lv.yaml: must be a mapping"),
        ("a: [", "lv.yaml: line 2, column 1: "),
        ("a: x\na: y", "lv.yaml: line 2, column 1: key 'a' is doubled"),
    ],
)
async def test_bad_catalogue(tmp_path: Path, text: str, message: str) -> None:
    """A catalogue that cannot be spoken is refused in words before anything is made."""
    (tmp_path / "lv.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PromptError, match=message):
        await build(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


async def test_missing_translation(tmp_path: Path) -> None:
    """What Latvian says and another language does not is reported."""
    (tmp_path / "lv.yaml").write_text("greeting: Labdien!\ngoodbye: Paldies!", encoding="utf-8")
    (tmp_path / "uk.yaml").write_text("greeting: Добрий день!", encoding="utf-8")
    own = catalogue(tmp_path)
    assert list(untranslated(own)) == [("uk", "goodbye")]


async def test_missing_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the speech program the operator is told what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PromptError, match="espeak-ng is not installed"):
        await render(TEXTS, tmp_path / "out")


@pytest.fixture(scope="module")
def built() -> tuple[Path, RenderingReport]:
    """The shipped catalogue, in the machine's cache: what is not there yet takes half a minute."""
    out = paths.prompts(Settings())
    return out, asyncio.run(build(CONFIG / "prompts", out))


def test_whole_build(built: tuple[Path, RenderingReport]) -> None:
    """The shipped catalogue builds whole: every prompt and every piece of a number."""
    out, report = built
    assert report.missing == ()
    assert report.rendered + report.kept > 600
    library = Library(out)
    for texts in (say.WORDS, catalogue(CONFIG / "prompts")):
        for language, words in texts.items():
            for key in words:
                library.resolve(key, language)
    assert not library.missing


async def test_second_build(built: tuple[Path, RenderingReport]) -> None:
    """Building again makes nothing."""
    out, report = built
    again = await build(CONFIG / "prompts", out)
    assert (again.rendered, again.kept) == (0, report.rendered + report.kept)


def test_music_is_never_silent(built: tuple[Path, RenderingReport]) -> None:
    """Hold music is soft, and no second of it is silent: nobody thinks that the line is dead."""
    for piece in MUSIC:
        *form, frames = sound(built[0] / f"music/{piece}.wav")
        assert form == [8000, 1, 2]
        seconds = [frames[at : at + 16000] for at in range(0, len(frames), 16000)]
        assert len(seconds) >= 180  # some minutes, before anything comes again
        assert all(300 < loudest(second) < 12_000 for second in seconds)


def test_nobody_is_talked_to_for_long(built: tuple[Path, RenderingReport]) -> None:
    """The menu is said in 14 s, its short form in 10; who presses nothing rings an agent within 28,
    hears in half a minute what can be done when all are closed, and the place in some 8."""

    def length_s(*keys: str) -> float:
        return sum(len(sound(built[0] / f"{key}.wav")[3]) / 16_000 for key in keys)

    others = ("ru/language.choose", "en/language.choose")
    told_first = ("lv/greeting", "lv/notice.112", *others)
    for language in ("lv", "ru", "en"):
        assert length_s(f"{language}/menu.matter") <= 14
        assert length_s(f"{language}/menu.again") <= 10
    assert length_s(*told_first, "lv/menu.matter") + 3 <= 28
    assert length_s(*told_first, "lv/closed.hours", "lv/closed.menu") <= 30
    place = "lv/position/20"
    assert length_s(place, "lv/wait/from-15", "lv/wait/to-25") <= 8
    for key, digit in (("callback", 1), ("queue", 2), ("voicemail", 9)):
        assert length_s(place, f"lv/wait.key-{key}", f"lv/n/{digit}-m") <= 8


def test_tone(built: tuple[Path, RenderingReport]) -> None:
    """The tone that stands for a missing prompt is soft and short."""
    frames = sound(built[0] / "tone.wav")[3]
    assert len(frames) == 8000
    assert 1_000 < loudest(frames) < 12_000


async def test_library(tmp_path: Path) -> None:
    """A missing prompt falls back to the next language, then to the tone, and is noted once."""
    await render({"lv": {"greeting": "Labdien!"}, "ru": {"only.ru": "Да"}}, tmp_path)
    library = Library(tmp_path)
    assert library.resolve("greeting", "lv") == tmp_path / "lv/greeting"
    assert library.resolve("ru:only.ru", "lv") == tmp_path / "ru/only.ru"
    assert not library.missing
    with capture_logs() as logs:
        assert library.resolve("greeting", "en") == tmp_path / "lv/greeting"
        assert library.resolve("greeting", "en") == tmp_path / "lv/greeting"
        assert library.resolve("nothing", "lv") == tmp_path / "tone"
    assert library.missing == {("greeting", "en"): 2, ("nothing", "lv"): 1}
    assert [entry["key"] for entry in logs] == ["greeting", "nothing"]


async def test_reload(tmp_path: Path) -> None:
    """A prompt rendered while the service runs is found after looking again."""
    library = Library(tmp_path)
    await render({"lv": {"notice.storm": "Vētra."}}, tmp_path)
    library.reload()
    assert library.resolve("notice.storm", "lv") == tmp_path / "lv/notice.storm"


def states(texts: dict[str, dict[str, str]], recordings: Path) -> dict[str, str]:
    """How each prompt stands, by language/key."""
    return {f"{p.language}/{p.key}": p.state for p in survey(texts, recordings)}


async def test_a_changed_text_makes_its_recording_stale(tmp_path: Path) -> None:
    """The new words are spoken by the machine until the recording is replaced; going back to the
    old words brings the old recording back."""
    out, recordings = tmp_path / "out", tmp_path / "recordings"
    both = {"lv": {"greeting": "Labdien!", "goodbye": "Paldies!"}, "ru": {"greeting": "День"}}
    await render({"lv": {"greeting": "Sveiki!", "goodbye": "Visu!"}}, tmp_path / "voice")
    (recordings / "lv").mkdir(parents=True)
    shutil.copy(tmp_path / "voice/lv/greeting.wav16", recordings / "lv/greeting.wav")
    assert (await render(both, out, recordings=recordings)).recorded == 1
    assert states(both, recordings) == {
        "lv/greeting": "recorded",
        "lv/goodbye": "synthetic",
        "ru/greeting": "synthetic",
        "ru/goodbye": "untranslated",
    }
    recorded = len(sound(out / "lv/greeting.wav")[3])  # dithering is never twice the same
    changed = {**both, "lv": {**both["lv"], "greeting": "Labrīt!"}}
    assert states(changed, recordings)["lv/greeting"] == "stale"
    report = await render(changed, out, recordings=recordings)
    assert (report.rendered, report.recorded) == (1, 0)
    assert len(sound(out / "lv/greeting.wav")[3]) != recorded
    assert (await render(both, out, recordings=recordings)).recorded == 1
    assert len(sound(out / "lv/greeting.wav")[3]) == recorded
    await render(changed, out, recordings=recordings)
    shutil.copy(tmp_path / "voice/lv/goodbye.wav16", recordings / "lv/greeting.wav")
    assert states(changed, recordings)["lv/greeting"] == "recorded"
    assert (await render(changed, out, recordings=recordings)).recorded == 1


def test_the_readers_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    """Texts, and some hundred pieces, which a person records within the hour, and where they go;
    whatever a caller in a usual line hears is on it."""
    assert main(["prompts", "--script"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    read = {line.split()[1] for line in lines if line[:4].strip().isdigit()}
    assert {f"{key}.wav" for key in catalogue(CONFIG / "prompts")["lv"]} <= read
    usual = (*say.position(20, "lv"), *say.wait_range(5, 55, "lv"), *say.digits("0123456789", "lv"))
    assert {f"{key}.wav" for key in usual} <= read
    assert len(read) <= 200
    assert 0 < int(last.split()[1]) <= 60
    assert main(["prompts", "--script", "--language", "xx"]) == 1
    assert "en, lv, ru" in capsys.readouterr().err


def test_missing_recordings_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With language, key and words, for whoever goes to the studio; nothing is rendered."""
    monkeypatch.setenv("CC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CC_CACHE", str(tmp_path / "cache"))
    recorded = tmp_path / "home" / "prompts" / "lv" / "greeting.wav"
    recorded.parent.mkdir(parents=True)
    recorded.write_bytes(b"whatever")
    assert main(["prompts", "--missing"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("1 of ")
    assert any(line.split() == ["lv", "synthetic", "unit/minute-one", "minūte"] for line in lines)
    assert not [line for line in lines if line.startswith("lv") and " greeting " in line]
    assert not (tmp_path / "cache").exists()


def one_second() -> bytes:
    """A WAV file with a tone in it."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(array.array("h", [9000, -9000] * 11_025).tobytes())
    return made.getvalue()


def made(out: Path) -> list[Path]:
    """What callers could hear."""
    return [file for file in out.rglob("*.wav*") if file.is_file()]


Answer = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def service(answer: Answer, port: int) -> AsyncIterator[HttpSpeaker]:
    """A real one, on loopback."""
    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield HttpSpeaker(f"http://127.0.0.1:{port}/")
    await runner.cleanup()


async def test_a_service_speaks_each_text_once(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """It is told text and language; what it has said is kept until the text changes; a person's
    recording still takes its place."""
    asked: list[object] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.Response(body=one_second(), content_type="audio/wav")

    async with service(answer, free_port()) as voice:
        report = await render({"lt": {"greeting": "Laba diena!"}}, tmp_path, speaker=voice)
        assert (report.rendered, asked) == (1, [{"text": "Laba diena!", "language": "lt"}])
        assert len(sound(tmp_path / "lt/greeting.wav")[3]) > 8000
        again = await render({"lt": {"greeting": "Laba diena!"}}, tmp_path, speaker=voice)
        assert (again.kept, len(asked)) == (1, 1)
    with pytest.raises(PromptError, match="CC_SPEAKER"):
        await render({"lt": {"greeting": "Labas rytas!"}}, tmp_path, speaker=voice)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [(500, b"", "answers 500"), (200, b"<html>", "no WAV file"), (302, b"", "answers 302")],
)
async def test_a_service_that_answers_with_no_speech_is_refused(
    tmp_path: Path, free_port: Callable[[], int], status: int, body: bytes, words: str
) -> None:
    """In words, before anything of it is heard."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers={"Location": "http://127.0.0.1:9/"})

    async with service(answer, free_port()) as voice:
        with pytest.raises(PromptError, match=words):
            await render(TEXTS, tmp_path, speaker=voice)
    assert not made(tmp_path)


@pytest.mark.parametrize("after_s", [0.0, 0.01])
async def test_who_renders_no_more_leaves_no_program_behind(after_s: float) -> None:
    """Cancelled at once or a little later, it has ended, and its pipes are closed."""
    made = [asyncio.create_task(run("sleep", "30", given=b"x")) for _ in range(4)]
    await asyncio.sleep(after_s)
    for one in made:
        one.cancel()
    await asyncio.wait(made)
    assert all(one.cancelled() for one in made)
