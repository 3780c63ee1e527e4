"""What students leave in notebooks runs as in a kernel, or degrades with one clear line."""

import pytest
from exam_notebook import text


def displays(result, kind):
    return [output["data"][kind] for output in result.outputs if kind in output.get("data", {})]


def test_a_result_is_shown_as_a_kernel_would(run):
    (result,) = run("print('before')\n[1, 2]")
    assert result.outputs == (
        {"output_type": "stream", "name": "stdout", "text": "before\n"},
        {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "[1, 2]"}, "metadata": {}},
    )


def test_cells_share_names_and_numbered_results(run):
    _, second = run("x = 20\nx + 1", "x, _, Out[1], In[1].splitlines()[0]")
    assert second.execution_count == 2 and text(second) == "(20, 21, 21, 'x = 20')"


def test_an_error_is_an_error_output_with_a_traceback_and_later_cells_run(run):
    failed, after = run("def f():\n    return 1 / 0\nf()", "'still here'")
    (error,) = failed.outputs
    assert (failed.outcome.name, error["output_type"], error["ename"]) == ("ERROR", "error", "ZeroDivisionError")
    assert "return" in "".join(error["traceback"]) and text(after) == "'still here'"


def test_a_syntax_error_is_an_error_output(run):
    assert text(run("def f(:")[0]).startswith("SyntaxError")


def test_a_figure_is_a_picture(run):
    (result,) = run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('a title')\nplt.show()")
    assert displays(result, "image/png")[0].startswith("iVBOR")


@pytest.mark.parametrize("magic", ["%matplotlib inline", "%matplotlib", "%matplotlib widget", "%matplotlib notebook"])
def test_any_matplotlib_magic_gives_inline_figures(run, magic):
    (result,) = run(f"{magic}\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert displays(result, "image/png")


def test_html_and_updates_of_earlier_displays(run):
    first, second = run(
        "from IPython.display import HTML, display\n"
        "handle = display('before', display_id='x')\ndisplay(HTML('<b>b</b>'))",
        "handle.update('after')",
    )
    assert displays(first, "text/plain")[0] == "'after'" and displays(first, "text/html") == ["<b>b</b>"]
    assert second.outputs == ()


def test_clear_output_clears(run):
    (result,) = run("from IPython.display import clear_output\nprint('old')\nclear_output(wait=True)\nprint('new')")
    assert text(result) == "new\n"


def test_top_level_await(run):
    assert text(run("import asyncio\nawait asyncio.sleep(0.01)\n'woken'")[0]) == "'woken'"


def test_progress_bars_are_text(run):
    assert "2/2" in text(run("from tqdm.auto import tqdm\nfor _ in tqdm(range(2)): pass")[0])


def test_a_widget_progress_bar_costs_nothing(run):
    (result,) = run("from tqdm.notebook import tqdm\nfor _ in tqdm(range(2)): pass\n'done'")
    assert result.outcome.name == "OK" and "'done'" in text(result)


def test_warnings_are_shown_and_are_no_error(run):
    (result,) = run("import warnings\nwarnings.warn('careful')\nimport sys\nprint('to stderr', file=sys.stderr)")
    assert result.outcome.name == "OK" and "careful" in text(result) and "to stderr" in text(result)


def test_text_written_past_python_is_shown(run):
    assert "raw" in text(run("import os\nos.write(1, b'raw')\nos.write(2, b'raw');")[0])


@pytest.mark.parametrize(
    "source",
    ["!git log", "files = !git log", "%%bash\ngit log", "%%sh\ngit log", "_ = %sx git log", "!pip install nothing", "%pip install nothing",
     "%conda install nothing", "%load_ext tensorboard\n%tensorboard --logdir runs",
     "get_ipython().system('git log')", "exit()"],
)  # fmt: skip
def test_what_cannot_work_says_so_in_one_line_and_costs_nothing(run, source):
    (result,) = run(source)
    assert result.outcome.name == "OK" and text(result).startswith("[exam] ") and text(result).count("\n") == 1


@pytest.mark.parametrize("source", ["input('name?')", "import getpass\ngetpass.getpass()", "import os\nos.fork()"])
def test_what_nobody_can_answer_fails_at_once(run, source):
    result, after = run(source, "'next'")
    assert result.outcome.name == "ERROR" and after.outcome.name == "OK"


def test_loader_workers_are_replaced_with_one_line(run):
    (result,) = run("""
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        data = TensorDataset(torch.arange(10.0))
        loader = DataLoader(data, batch_size=4, num_workers=4, persistent_workers=True, prefetch_factor=2)
        [len(batch[0]) for batch in loader]
    """)
    assert "[exam] DataLoader" in text(result) and "[4, 4, 2]" in text(result)


def test_torch_trains(run):
    (result,) = run("""
        import torch
        from torch import nn
        import torch.nn.functional as F
        torch.set_num_threads(4)
        model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
        model = model.to(memory_format=torch.channels_last)
        if torch.cuda.is_available():
            model = model.cuda()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        x = torch.randn(64, 1, 28, 28).to(memory_format=torch.channels_last)
        y = torch.randint(10, (64,))
        losses = []
        for _ in range(20):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        big = torch.randn(600, 600) @ torch.randn(600, 600)
        losses[-1] < losses[0], torch.get_num_threads()
    """)
    assert text(result) == "(True, 4)"


def test_an_unguarded_cuda_call_is_an_ordinary_error(run):
    assert run("import torch\ntorch.ones(2).cuda()")[0].outcome.name == "ERROR"


def test_event_files_are_written_beside_the_notebook_and_read_back(run):
    (result,) = run("""
        from torch.utils.tensorboard import SummaryWriter
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        with SummaryWriter("runs/one") as writer:
            for step in range(3):
                writer.add_scalar("loss", 1 / (step + 1), step)
        events = EventAccumulator("runs/one").Reload()
        [round(event.value, 2) for event in events.Scalars("loss")]
    """)
    assert text(result) == "[1.0, 0.5, 0.33]"


def test_relative_files_of_the_submission_the_assignment_and_the_data(notebook, tmp_path):
    (notebook.student / "mine.txt").write_text("mine")
    (notebook.student / "ours.txt").write_text("changed")
    (notebook.shared / "ours.txt").write_text("ours")
    (tmp_path / "data" / "set").mkdir(parents=True)
    (tmp_path / "data" / "set" / "x.txt").write_text("data")
    notebook.data = (tmp_path / "data",)
    cell = notebook.student_cell("[open(p).read() for p in ('mine.txt', 'ours.txt', '../data/set/x.txt')]")
    assert text(notebook.sit()[cell]) == "['mine', 'ours', 'data']"


def test_the_notebook_runs_in_a_folder_named_like_the_assignment(notebook):
    cell = notebook.student_cell("import os\nos.path.basename(os.getcwd())")
    assert text(notebook.sit()[cell]) == "'hw'"


def test_a_checkpoint_survives_the_trip(run):
    (result,) = run("""
        import torch
        from safetensors.torch import load_file, save_file
        save_file({"w": torch.ones(2)}, "m.safetensors")
        torch.save({"w": torch.ones(3)}, "m.pt")
        load_file("m.safetensors")["w"].tolist(), torch.load("m.pt")["w"].tolist()
    """)
    assert text(result) == "([1.0, 1.0], [1.0, 1.0, 1.0])"


def test_the_notebook_knows_that_it_is_graded(run):
    assert text(run("import os\nos.environ['NBGRADER_EXECUTION']")[0]) == "'autograde'"


def test_long_output_keeps_its_head_and_its_tail(run):
    (result,) = run("for i in range(200_000): print(i)")
    printed = text(result)
    assert len(printed) < 110_000 and printed.startswith("0\n1\n") and printed.endswith("199999\n")
    assert "left out" in printed


@pytest.mark.parametrize("value", ["float('nan')", "object()", "{1: object()}", "b'raw'", "'\\ud800'", "[[]] * 9"])
def test_a_display_that_no_notebook_can_hold_costs_nothing(run, value):
    source = (
        f"from IPython.display import display\ndisplay({{'text/plain': 'x', 'application/json': {value}}}, raw=True)"
    )
    shown, printed = run(source, "print('\\ud800')\nraise ValueError('\\ud800')")
    assert shown.outcome.name == "OK" and shown.outputs[0]["data"]["text/plain"] == "x"
    assert text(printed) == "?\n\nValueError: ?"


def test_hostile_display_objects_do_not_end_the_notebook(run):
    _, after = run(
        """
        class Strange:
            def __repr__(self): raise SystemExit
            def _repr_html_(self): return 7
        Strange()
        """,
        "1",
    )
    assert text(after) == "1"
