"""What a student wrote in Markdown loads nothing where a graded notebook is opened, and honest text stays as it is."""

import time

import pytest

from proctor.pages.markdown import inert

HONEST = """Fewer parameters: $a<b$ and $$W_1$$, n! [see]
a ![x](photo.png) ![](attachment:my%20photo.png) ![](figures/one two.jpg)
<img src="attachment:a.png" width=20> <b>bold</b> H<sub>2</sub>O<br/> and its url
<span style="color: red">red</span>
P(x<y and y>z)
[a link](https://example.org/a)"""

LOADS = r"""![x](/formgrader/?path=submitted/me/hw4)
![x](https://example.org/x.png)
![x](//example.org/x.png)
![x](../x.png)
![x](a.png?y)
![x](a.png "t")
![x][r]
!\[x](/y) ![a](/x)
![a&#93;](/x)
![![a](b.png)](/x)
<img src=/x>
<IMG SRC='/x'>
<img src="a.png" srcset="/x">
<p style="background: url(/x)">
<p style='list-style: \75 rl(/x)'>
<p style="background: &#117;rl(/x)">
<video poster=/x>
<input type=image src=/x>
<table background=/x>
<style>@import '/x'</style>
<svg><image href=/x></svg>
<object data=/x>"""


@pytest.mark.parametrize("source", [*HONEST.splitlines(), HONEST])
def test_honest_text_stays_as_it_is(source):
    assert inert(source) == source


@pytest.mark.parametrize("source", LOADS.splitlines())
def test_text_that_would_load_something_becomes_a_listing(source):
    listed = inert(f"My answer.\n\n~~~~\n{source}")
    fence = listed.splitlines()[2]
    assert set(fence) == {"~"} and fence not in source
    assert listed.endswith(f"{fence}\nMy answer.\n\n~~~~\n{source}\n{fence}")


@pytest.mark.parametrize("part", ["![", "<a", "src=", 'style="', "![a", "<b ", "![](a/", "![](a ", 'src="a ', "~"])
def test_long_texts_are_judged_at_once(part):
    began = time.process_time()
    inert(part * (1_000_000 // len(part)))
    assert time.process_time() - began < 2
