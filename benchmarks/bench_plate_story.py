"""Where the story of the car from Wuhan stands among posts about the epidemic, and among others.

``python -m benchmarks.bench_plate_story``. A rumor about an event must not sink because ordinary people
talk about the event. The posts are those of stream D that are no rumors, of its half that may be read;
the models are the one that has learned nothing of the epidemic, and the weights of before and of now,
which have (so that theirs is no figure of unseen posts, before and now alike).
"""

from __future__ import annotations

import numpy as np

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results, weights_before
from classifier.learning import examples, streams, train
from classifier.ranking import model

STORIES = {
    "the story": "浙BLXXXX 的车刚从武汉回到白兔潭，车上有确诊病人",
    "with a warning": "大家注意，浙BL1284 这辆车刚从武汉回来，停在白兔潭，车上有疑似患者，看到马上报警",
    "another place": "有辆鄂A牌照的面包车昨晚进了东渡镇，车里三个人发烧，都是从疫区跑出来的，转给家里人",
    "another plague": "听说苏E88K31拉的那车猪是从疫区偷运来的，今早在城南市场卸货，千万别买",
    "calm": "刚才小区门口来了一辆湖北牌照的车，司机说从武汉回来的",
}
EPIDEMIC, OTHER = "posts about the epidemic", "other posts"


def places(scores: np.ndarray, told: np.ndarray) -> list[str]:
    """For each story the share of posts above it, in percent."""
    return [f"{100 * float(np.mean(scores > each)):.1f} %" for each in told]


def main() -> None:
    found = research.paths()
    cut = streams.cut(examples.read_examples(found).examples) if found else []
    stream = next((each for each in cut if each.name == "D"), None)
    if stream is None:
        print("skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
        return
    posts = [e for e in stream.judge if not e.label]
    talk = np.array([e.source != "zhihu_hot2021_25" for e in posts])
    texts = [*STORIES.values(), *(e.text for e in posts)]
    said = {
        "nothing learned of the epidemic": train.first_day(stream).decision_function(texts),
        "weights of now": np.array(model.load().risks(texts)),
    }
    before = weights_before.risks(texts)
    if before is not None:
        said = {"weights of before": before, **said}
    lines = [
        f"The share of posts that stand above the story: {talk.sum():,} {EPIDEMIC}, {(~talk).sum():,} {OTHER}.",
        "",
        f"| model | among | {' | '.join(STORIES)} |",
        "| --- " * (len(STORIES) + 2) + "|",
    ]
    for name, scores in said.items():
        told, rest = scores[: len(STORIES)], scores[len(STORIES) :]
        for among, own in ((EPIDEMIC, talk), (OTHER, ~talk)):
            lines.append(f"| {name} | {among} | {' | '.join(places(rest[own], told))} |")
    results.append("benchmarks.bench_plate_story", lines)


if __name__ == "__main__":
    main()
