"""Programs and worker processes that a notebook asks for: done here, not found, or refused in words."""

import pytest
from exam_notebook import text


@pytest.mark.parametrize(
    "source",
    [
        "subprocess.run([sys.executable, '-m', 'pip', 'install', 'nothing'], check=True)",
        "subprocess.check_call('pip install nothing', shell=True)",
        "os.system('pip install -q nothing')",
        "!apt-get install -y nothing",
    ],
)
def test_installing_a_package_says_that_it_did_nothing_and_goes_on(run, source):
    (result,) = run(f"import os, subprocess, sys\n{source}\nprint('after')")
    assert result.outcome.name == "OK"
    assert "[exam] packages are not installed" in text(result) and "after" in text(result)


@pytest.mark.parametrize("source", ["os.fork()", "os.forkpty()", "os.spawnlp(os.P_WAIT, 'ls', 'ls')"])
def test_a_process_that_cannot_be_is_refused_in_words(run, source):
    assert "No process can be started while a notebook is graded" in text(run(f"import os\n{source}")[0])


@pytest.mark.parametrize("source", ["os.execvp('ls', ['ls'])", "os.posix_spawn('/bin/ls', ['ls'], {})"])
def test_a_program_that_cannot_be_is_not_found(run, source):
    (result,) = run(f"import os\ntry:\n    {source}\nexcept FileNotFoundError as error:\n    print(error)")
    assert "no program can be started while a notebook is graded" in text(result)


def test_the_words_name_neither_our_folders_nor_our_code(run):
    for source in ("os.fork()", "subprocess.run(['git'])", "os.chmod('missing', 0)", "input()", "%load_ext nothing"):
        (result,) = run(f"import os, subprocess\n{source}")
        (error,) = [output for output in result.outputs if output["output_type"] == "error"]
        assert "proctor/exam" not in "".join(error["traceback"]), source


def test_a_line_with_one_unknown_command_runs_none_of_them(run):
    (result,) = run("import os\n!mkdir made && git init made\nos.path.isdir('made')")
    assert "[exam] shell commands do not run" in text(result) and text(result).endswith("False")


def test_a_file_command_that_fails_says_why_and_has_a_status(run):
    assert text(run("!rm nothing\n_exit_code")[0]) == "rm: nothing: No such file or directory\n\n1"
    first, second = run(
        "import subprocess\nsubprocess.run(['mkdir', 'x'], check=True)",
        "subprocess.run(['mkdir', 'x'], check=True)",
    )
    assert first.outcome.name == "OK" and "CalledProcessError" in text(second)


def test_much_output_of_a_command_comes_through_a_pipe(run):
    (result,) = run(
        "open('large', 'w').write('x' * 1_000_000)\n"
        "import subprocess\nlen(subprocess.run(['cat', 'large'], capture_output=True).stdout)"
    )
    assert text(result) == "1000000"


def test_a_worker_that_raises_says_so_as_a_process_does(run):
    (pool, worker) = run(
        "import multiprocessing as mp\ndef bad(x): raise ValueError(x)\nmp.Pool(2).map(bad, [1])",
        "worker = mp.Process(target=bad, args=(1,))\nworker.start()\nworker.join(5)\nworker.exitcode",
    )
    assert "ValueError: 1" in text(pool)
    assert "Process Process" in text(worker) and text(worker).endswith("1")


def test_locks_of_worker_processes_lock(run):
    (result,) = run("""
        import multiprocessing as mp
        lock, again, some = mp.Lock(), mp.RLock(), mp.Semaphore(2)
        with lock, again, again:
            print(lock.acquire(timeout=0.01), again.acquire(), some.acquire(), some.acquire(), some.acquire(False))
        queue = mp.JoinableQueue()
        queue.put(1)
        print(queue.get(), queue.task_done(), queue.join(), mp.Event().wait(0.01), mp.Condition().acquire())
        try:
            lock.release()
        except ValueError as error:
            print(error)
    """)
    assert text(result) == (
        "False True True True False\n1 None None False True\nsemaphore or lock released too many times\n"
    )


def test_a_cell_that_stops_or_closes_the_event_loop_costs_only_itself(run):
    *_, after = run(
        "import asyncio\nasyncio.get_running_loop().stop()\nawait asyncio.sleep(5)",
        "loop = asyncio.get_running_loop()\nloop.call_soon(loop.stop)\nprint('stopped')",
        "asyncio.get_running_loop()._closed = True",
        "await asyncio.sleep(0)\n'awake'",
    )
    assert text(after) == "'awake'"


def test_text_for_the_original_streams_is_shown(run):
    (result,) = run("import sys\nprint('out', file=sys.__stdout__)\nsys.__stderr__.write('err');")
    assert text(result) == "out\n\nerr"


def test_exit_ends_no_notebook(run):
    *results, last = run("exit", "quit()", "exit(3)", "'here'")
    assert all(result.outcome.name == "OK" for result in results) and text(last) == "'here'"


def test_progress_bars_are_text_that_a_graded_notebook_shows(run):
    assert "2/2" in text(run("from tqdm.auto import tqdm\nfor _ in tqdm(range(2)): pass")[0])
