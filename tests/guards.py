"""The guards of the house that ``python -m tests.without_guards`` takes out, one by one.

``DOING``: triggers that do something instead of refusing it, and the tests that notice (those that refuse
have a row each in ``tests/models/schema/test_triggers.py``). ``PYTHON``: by file, the tests that are to
notice, and each guard as it stands there with what stands there without it. An ``if …:`` without
a second text becomes ``if False:``; any other text goes. ``tests/test_guards.py`` holds that each text
stands in its file exactly once: who moves a guard moves its line here.
"""

from __future__ import annotations

CASES = "tests/models/casework/"
CLAIMS = "tests/models/known/test_claims.py"
CLUSTERS = "tests/models/ranking/test_clusters.py"
OWED = f"{CASES}test_corrections.py"
DOING = {
    "wordings_are_filed": CLUSTERS,
    "wordings_are_let_go": CLUSTERS,
    "claims_are_counted": CLAIMS,
    "claim_changes_are_counted": CLAIMS,
    "published_is_known": CLAIMS,
    "retracted_goes": CLAIMS,
    "verdicts_are_followed": CLAIMS,
    "evidence_is_looked_at": OWED,
    "withdrawals_are_looked_at": OWED,
    "verdicts_are_looked_at": OWED,
    "claims_are_looked_at": OWED,
    "notices_are_looked_at": OWED,
    "sendings_are_looked_at": OWED,
    "cases_begin_with_their_words": f"{CASES}test_acts.py",
    "evidence_is_counted": f"{CASES}test_uploads.py",
    "words_of_cases_are_counted": f"{CASES}test_neighbours.py",
    "changed_words_are_counted": f"{CASES}test_neighbours.py",
}

Guards = tuple[tuple[str, str], ...]  # what stands there, and what stands there without the guard
_COUNTING = f"{CASES}test_counting.py {CASES}test_own_notices.py {CASES}test_verdicts.py"
_HANDS = "tests/models/publishing/test_hands.py tests/models/publishing/test_reviews.py"
_ENDING = f"{CASES}test_closings.py {CASES}test_dismissals.py {CASES}test_holding.py"
_FRESH = "tests/models/people/test_freshness.py"
_RECORD = "tests/models/test_replay.py tests/models/test_audit.py tests/models/test_heads.py"
_ROLES = "tests/models/people/test_acts_by_role.py"
_DOOR = "tests/desk/accounts tests/models/people/test_sign_ins.py"

PYTHON: dict[str, tuple[str, Guards]] = {
    # ---- what teaches with no verdict
    "models/learning/everyday.py": (
        "tests/models/learning/test_everyday.py",
        (
            ("AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id)", ""),
            ("max(s.risk) < ?", "0 < ?"),
            ("AND max(s.witness) = 0", ""),
            ("AND count(*) < ?", "AND 0 < ?"),
            ("OF_ACCOUNT if account else size", "size"),
            ("max(size // OF_SOURCE, 1)", "size"),
            ("max(size // OF_HOUR, 1)", "size"),
        ),
    ),
    "classifier/learning/first_night.py": (
        "tests/classifier/learning/test_first_night.py",
        (("return editions.may_settle(db) and (", "return ("),),
    ),
    # ---- the line, and what is promised
    "models/ranking/line.py": (
        "tests/models/ranking/test_line.py",
        (
            ("pool += own[:may] if len(by_source) > 1 else own", "pool += own"),
            ("[] if each.again else [each.risk]", "[each.risk]"),
            ("max(self.least.get(source, 0.0), min(common, self.most.get(source, inf)))", "common"),
            ("min(common, self.most.get(source, inf))", "common"),
            ("max(HIGHEST, lowest)", "2.0"),
            ("nextafter(risks[count], 2.0)", "risks[count]"),
            ("toward(held.common, everyone.common, hours) if held else ", ""),
            ("each.hazard and each.risk < everyone.of(each.source, common)", "False"),
        ),
    ),
    "models/ranking/moving.py": (
        "tests/models/ranking/test_moving.py",
        (
            ("held and _same(held, queue) and not", "held and not"),
            (" and not _first_night(db, moment)", ""),
            (" and moment - told_at >= TELL_AGAIN", ""),
            ("_sunk(db, line) if held is None or _falls(line, held.line) else []", "[]"),
            ("GROUP BY p.cluster_id, p.source", "GROUP BY p.id"),
            ("GROUP BY p.cluster_id, p.source", "GROUP BY p.cluster_id"),
            ("row_number() OVER (PARTITION BY cluster_id ORDER BY risk DESC, source) > 1", "0"),
        ),
    ),
    "models/casework/pressing.py": (
        f"{CASES}test_pressing.py",
        (
            ("priority >= LEAST[n] and above < room(n, cases_a_night)", "priority >= LEAST[n]"),
            ("priority >= LEAST[n] and above", "above"),
            ("elif found < before:", "elif False:"),
            ("above += not new or key in waiting", "above += 1 if new else 0"),
        ),
    ),
    # ---- evidence and verdicts
    "models/casework/counting.py": (
        _COUNTING,
        (
            ("if item.nature in _BESIDE:", ""),
            ("if item.own:", ""),
            ("if not item.refutes:", ""),
            ("if not (held := content(item.refutes)):", "if not (held := item.refutes):"),
            ("if held not in quoted(claim):", ""),
            ("if not item.gist or not (item.document or item.address):", ""),
            ('if twin else ""', 'if False else ""'),
            ("bool(one.document and one.document == other.document)", "False"),
            ("or bool(one.address and one.address == other.address)", ""),
            ("one.gist == other.gist\n", "False\n"),
        ),
    ),
    "models/casework/gates.py": (
        _COUNTING,
        (
            ("len(counting) >= 2", "True"),
            ("primary >= 1, f", "True, f"),
            ("independent >= 1,", "True,"),
            ("by_two,", "True,"),
            ("case.lead_sent_at is not None,", "True,"),
            ("bool(case.sample_status),", "True,"),
            ("if outcome not in outcomes(literal):", ""),
            ("if len(ground.strip()) < 4:", ""),
            ("if missing := shortfall(case, evidence, outcome):", ""),
            ("if outcome is Outcome.TRUE and not first:", ""),
        ),
    ),
    "models/casework/evidence.py": (
        f"{CASES}test_evidence.py {CASES}test_holding.py {CASES}test_counting.py {CASES}test_uploads.py"
        f" {CASES}test_own_notices.py {_ROLES}",
        (
            ("if len(original) > MAX_BYTES:", ""),
            ("if nature not in NATURES:", ""),
            ("uploads.check(db, by, uploaded)", "pass"),
            ("if not case.state.open:", ""),
            ("if case.state is CaseState.PUBLISHED:", ""),
            ("_check_reason(db, item, reason, by)", ""),
            ("len(sameness.words(reason)) >= least", "len(reason) >= least"),
            ("if item.withdrawn_at and item.withdrawn_by != item.added_by", "if False"),
            (
                '"own": int(own_notices.repeats(db, case_id, title, finding, url, text, own_site)),',
                "",
            ),
            ('if hashlib.sha256(row["original"]).hexdigest() != row["sha256"]:', ""),
            ('officers.require(db, by, "evidence")\n        told', "told"),
            ('officers.require(db, by, "evidence")\n        item', "item"),
        ),
    ),
    "models/casework/own_notices.py": (
        f"{CASES}test_own_notices.py {CASES}test_counting.py",
        (
            ("if site and (address == site", "if False and (address == site"),
            (
                'if db.value("SELECT 1 FROM notices WHERE year = ? AND serial = ?", int(year), int(serial)):',
                "",
            ),
            (
                'if len(words := sameness.words(row["title"])) >= _LEAST and words in held:',
                "",
            ),
            ('if original is None and row["case_id"] != case_id:', ""),
        ),
    ),
    "models/casework/verdicts.py": (
        f"{CASES}test_verdicts.py {_ENDING} {_ROLES}",
        (
            ("holding.check_decision(db, case, by)", ""),
            ("gating.check_verdict(case, items, literal, outcome, ground)", ""),
            ('holding.check_nothing_out(db, case, "按“非事实主张”结案")', ""),
            ("closings.check(db, case, by)", ""),
            ("if evidence_hash and evidence_hash != found:", ""),
            ('officers.require(db, by, "decide")', "pass"),
        ),
    ),
    "models/casework/closings.py": (
        f"{_ENDING} {_ROLES}",
        (
            ("if case.hazard and not any(each.by != by.id", "if case.hazard and not any(True"),
            ("if any(each.by == by.id for each in _open(db, case)):", ""),
            ("if evidence_hash and evidence_hash != found:", ""),
            ("holding.check_decision(db, case, by)", ""),
            ('holding.check_nothing_out(db, case, "按“非事实主张”结案")', ""),
            ("gates.check_verdict(case, items, Literal.UNKNOWN, Outcome.NOT_A_CLAIM, ground)", ""),
            ("holding.check_dismissal(db, case, reason, by)", ""),
            (
                "if any((each.by, each.reason) == (by.id, reason) for each in dismissals(db, case)):",
                "",
            ),
            ('officers.require(db, by, "decide")', "pass"),
            ('officers.require(db, by, "dismiss")', "pass"),
        ),
    ),
    "models/casework/holding.py": (
        _ENDING,
        (
            ("return found if found and found.active else None", "return found"),
            (
                'if held and held.id != by.id:\n        raise Conflict(\n            f"案件{case.number}由',
                'if False:\n        raise Conflict(\n            f"案件{case.number}由',
            ),
            ("if held and held.id != by.id and not _absent(db, case, held):", ""),
            ("now() - last >= SHIFT", "True"),
            ("if number is not None:", ""),
            ('check_nothing_out(db, case, "不立案")', ""),
            ("if held and held.id != by.id and not over:", ""),
            ('if reason == "not_a_claim" and (case.state', "if False and (case.state"),
            ("WHERE ?2 OR by <> ?3 LIMIT 1", "WHERE ?2 AND 0 OR by <> ?3 LIMIT 1"),
            ("AND reason = ? AND by <> ?", "AND reason = ? AND by <> 0 * ?"),
            ("if takes_two(db, case, by) and not seconded(db, case, reason, by):", ""),
        ),
    ),
    "models/casework/cases.py": (
        f"{CASES}test_cases.py {CASES}test_acts.py {_ENDING} tests/models/people/test_officers.py {_ROLES}",
        (
            ("if version is not None and case.version != version:", ""),
            ("acts.sign(db, case_id, changed, by)", "pass"),
            ("acts.add(db, case_id, action, by)", "pass"),
            ("holding.check_hands(db, get(db, case_id), by)", ""),
            ("holding.check_hands(db, fresh(db, case_id, version), by)", ""),
            ("holding.check_two(db, case, reason, by)", ""),
            ("if case.state not in workflow.UNDECIDED:", ""),
            ("if case.hazard and not topic.hazard:", ""),
            ("if not case.state.open:\n        raise", "if False:\n        raise"),
            ('{"old": case.claim, "new": claim}', "{}"),
            ('{"old": case.topic, "new": topic}', "{}"),
            ("officers.require(db, by, workflow.TRANSITIONS[action].needs)", "pass"),
            ('officers.require(db, by, "claim")', "pass"),
            ('officers.require(db, by, "dismiss")', "pass"),
            ('officers.require(db, by, "reword")', "pass"),
            ('    officers.require(db, by, "lead")\n        case', "    case"),
            (
                'officers.require(db, by, "lead")\n        old = _still_open(fresh(db, case_id, version)).lead',
                "old = _still_open(fresh(db, case_id, version)).lead",
            ),
            (
                'officers.require(db, by, "lead")\n        old = _still_open(fresh(db, case_id, version)).sample',
                "old = _still_open(fresh(db, case_id, version)).sample",
            ),
        ),
    ),
    # ---- who agreed to what
    "models/publishing/reviews.py": (
        f"{_HANDS} {_FRESH} tests/models/publishing/test_wording.py {_ROLES}",
        (
            ("and step.id > refused:", "and True:"),
            ('if officers.may(by, "review") and by.id not in touched:', "if by.id not in touched:"),
            (
                'if officers.may(by, "review") and by.id not in touched:',
                'if officers.may(by, "review"):',
            ),
            ('if step != "submit" and (how := hands(db, notice).get(by.id)):', ""),
            ("if not sent or max(sent) < max(gone, default=max(sent)):", ""),
            ('if step != "submit" and (fresh := freshness.why_not(by, _STEP[step])):', ""),
            ("elif not set(named) & set(by.fields):", "elif False:"),
            ("elif not set(open_fields) & set(by.fields):", "elif False:"),
            ("if open_fields:", ""),
            ('if any(s.by == by.id and s.step == "review" for s in steps):', ""),
            ("found += unfit(db, notice)", ""),
            ("if any(item.withdrawn_at and item.id in notice.basis for item in items):", ""),
            (
                "if notice.outcome and (missing := gating.shortfall(case, items, notice.outcome)):",
                "",
            ),
            (
                'if seen != notice.hash:\n            raise Conflict("本稿',
                'if False:\n            raise Conflict("本稿',
            ),
            (
                'if seen != notice.hash:\n        raise Conflict("正文',
                'if False:\n        raise Conflict("正文',
            ),
            ("officers.require(db, by, step)", "pass"),
            ('officers.require(db, by, "refuse")', "pass"),
        ),
    ),
    "models/casework/acts.py": (
        f"{_HANDS} {CASES}test_acts.py",
        (
            ('"topic": "topic",', ""),
            ('"lead_sent_to": "lead",', ""),
            ('"sample_status": "sample",', ""),
            ('MOVES = ("wait", "reopen", "pick")', "MOVES = ()"),
        ),
    ),
    "models/publishing/notices.py": (
        "tests/models/publishing/test_notices.py",
        (
            ("topic])\n", '""])\n'),
            ("items, CHANNELS", '"", CHANNELS'),
            ("if kind is not NoticeKind.VERIFYING:", ""),
            ("if kind is not allowed:", ""),
            ("if by.id == 0:  # what", "if False:  # what"),
            ("if notice.revision != revision:", ""),
            ('officers.require(db, by, "draft")\n        case', "case"),
            ('officers.require(db, by, "draft")\n        if', "if"),
            (
                'raise RuleBroken("notice-state", "本案的通告已批准',
                '(lambda *_: None)("notice-state", "本案的通告已批准',
            ),
            (
                'if by.id == 0 and db.value(\n        "SELECT 1 FROM notices n JOIN',
                'if False and db.value(\n        "SELECT 1 FROM notices n JOIN',
            ),
            (
                'if by.id == 0 and db.value(\n        "SELECT 1 FROM notices WHERE',
                'if False and db.value(\n        "SELECT 1 FROM notices WHERE',
            ),
            ("AND (r.edited_by <> 0 OR n.state = 'in_review')", "AND n.state = 'in_review'"),
            ("(r.edited_by <> 0 OR n.state = 'in_review')", "r.edited_by <> 0"),
            ("if not case.state.open:", ""),
            ("if not notice.state.editable:", ""),
        ),
    ),
    "models/publishing/revisions.py": (
        "tests/models/publishing/test_notices.py tests/models/publishing/test_wording.py",
        (
            ("if not set(draft.basis) <=", "if False and not set(draft.basis) <="),
            (
                'if wrong := wording.faults(draft.kind, outcome, parts, quote, about["claim"]):',
                "",
            ),
            ("if len(title) < 4:", ""),
            ("if len(findings) > 9:", ""),
        ),
    ),
    "models/publishing/retractions.py": (
        f"tests/models/publishing/test_notices.py tests/models/publishing/test_outbox.py {_ROLES}",
        (
            ("if len(reason) < 4:", ""),
            ('officers.require(db, by, "retract")', "pass"),
            ("if not notice.state.issued:", ""),
            ("outbox.withhold(db, way.id)", "pass"),
            ("elif way.state is not Delivery.REJECTED:", "elif way.state is Delivery.SENT:"),
            ("notices.carries(db, notice_id) and", ""),
        ),
    ),
    "models/publishing/wording.py": (
        "tests/models/publishing/test_wording.py",
        (
            ("if kind is NoticeKind.CONFIRMATION:", ""),
            ("if outcome is Outcome.FALSE and kind is NoticeKind.DEBUNK:", "if True:"),
            ("held = _plain(claim).lower()", "held = _plain(quote).lower()"),
            ('return _BETWEEN.sub("", text.translate(_WIDE))', "return text"),
            ("if _POINTED.search(before):", ""),
            ("                if asserted\n", "                if False\n"),
            ("and not _TURNED.search(before, opened[-1].end())", ""),
        ),
    ),
    "models/publishing/outbox.py": (
        f"tests/models/publishing/test_outbox.py tests/models/publishing/test_hands.py {_ROLES}",
        (
            ('if row["kind"] == "publish" and not _still_approved(db, row):', ""),
            ("or not _soundly(db, row)", ""),
            ('or notices.approval_hash(db, notice) != row["hash"]', ""),
            ('row, state="in_flight", fence=fence)', 'row, state="in_flight")'),
            ("if publication.state is not Delivery.UNKNOWN:", ""),
            ("AND p.id < o.id AND p.state IN ('queued', 'in_flight')", "AND 0"),
            ('officers.require(db, by, "settle")', "pass"),
            ("if len(note) < 2:", ""),
        ),
    ),
    "models/publishing/numbers.py": (
        "tests/models/publishing/test_numbers.py tests/notices/test_numbering.py",
        (
            ("if twin := db.row(", "if False and db.row("),
            ("if serial > MOST:", ""),
            ("FROM numbers_given GROUP", "FROM notices WHERE serial GROUP"),
        ),
    ),
    "notices/sending.py": (
        "tests/notices/test_sending.py tests/notices/test_numbering.py",
        (
            ("if receipt is not None and _of_another(db, receipt, notice):", ""),
            ("if notice.revision != publication.revision or notice.hash not in approved:", ""),
            ("if faults := [*words.faults(notice), *reviews.unfit(db, notice)]:", ""),
        ),
    ),
    "notices/channels/site.py": (
        "tests/notices/channels/test_site.py tests/notices/test_numbering.py",
        (
            ("if before is not None and before.identity != page.identity:", ""),
            ("if before is not None and fresh.order < before.order:", ""),
        ),
    ),
    # ---- accounts
    "models/people/freshness.py": (
        _FRESH,
        (
            ("if officer.owes:", ""),
            (
                "if officer.changed_at is None or not is_fresh(officer.changed_at, now()):",
                "if True:",
            ),
            ("return abs(moment - at) < FRESH", "return moment - at < FRESH"),
            ("stamp(last if ahead else moment)", "stamp(moment)"),
        ),
    ),
    "models/people/codes.py": (
        f"{_FRESH} tests/desk/accounts/test_accounts.py {_ROLES}",
        (
            ("if officer_id in (0, actor.id):", ""),
            ('| {"epoch": officer.epoch + 1}', ""),
            ('changes.note(db, officer_id, "reset", actor, moment)', ""),
            ("abs(now() - issued) < VALID", "True"),
            ("AND hash = ? AND used_at IS NULL", "AND hash = ?"),
            ("if known.epoch != officer.epoch or not known.active:", ""),
            ('{"epoch": known.epoch + 1}', '{"epoch": known.epoch}'),
            (
                'officers.MACHINE if by is None else officers.require(db, by, "accounts")',
                "by or officers.MACHINE",
            ),
        ),
    ),
    "models/people/officers.py": (
        f"{_FRESH} tests/models/people/test_officers.py tests/desk/accounts/test_accounts.py",
        (
            ("if known.owes:", ""),
            ("if not may(known, action):", ""),
            ("None if _founding(db, moment) else stamp(moment)", "None"),
            ("(freshness.changed(officer, now()) if active else {})", "{}"),
            ('"epoch": officer.epoch + 1}', '"epoch": officer.epoch}'),
            ("if officer_id in (0, by.id):", ""),
            ('MACHINE if by is None else require(db, by, "accounts")', "by or MACHINE"),
            ('        require(db, by, "accounts")\n        if officer_id', "        if officer_id"),
        ),
    ),
    "models/people/sign_ins.py": (
        _DOOR,
        (
            ("if last > now():", ""),
            (", LONGEST_WAIT)", ", timedelta(days=365))"),
            ('if row["failures"] < FREE_TRIES:', ""),
            ("[MOST_PLACES],", "[10**9],"),
            (
                'WHERE account = ? AND place = ?", account, place)\n    last',
                'WHERE account = ?", account)\n    last',
            ),
            ('if str(failures).rstrip("0") == "1":', "if True:"),
        ),
    ),
    "desk/accounts/signing_in.py": (
        _DOOR,
        (
            (
                "if refused := _wait(request, account, place):\n        return refused\n    lane",
                "lane",
            ),
            (
                "            if refused := _wait(request, account, place):\n                return refused\n",
                "",
            ),
            ("lane = lanes.KNOWN if place.known else lanes.STRANGERS", "lane = lanes.STRANGERS"),
            (
                'devices.Place(f"own password {officer.id}", True)',
                "devices.place(request, officer)",
            ),
        ),
    ),
    "desk/accounts/devices.py": (
        _DOOR,
        (
            ('return token if whose == str(officer.id) else ""', "return token"),
            ("if address.version == 6:", ""),
            (
                '_signer.unsign(request.COOKIES.get(_name(officer), ""), max_age=AGE)',
                'request.COOKIES.get(_name(officer), "").partition(":")[0]',
            ),
        ),
    ),
    "desk/accounts/service.py": (
        _DOOR,
        (
            ("if officer is not None and officer.active:", "if officer is not None:"),
            ("if officer.owes and not codes.use(db, officer, hashed):", ""),
            ("        make_password(password)\n        return None", "        return None"),
        ),
    ),
    "desk/lane.py": (
        "tests/desk/accounts/test_sign_in_lanes.py tests/desk/review/test_drawings.py",
        (
            ("(self.spared if self._often(caller) else 0)", "0"),
            (" or self.inside[caller] >= self.each:", ":"),
            ("if self.inside.total() >= places or", "if"),
            ("if not self.turn.acquire(timeout=self.patience):", "if False:"),
        ),
    ),
    "desk/web.py": (
        "tests/desk/accounts tests/desk/test_roles.py",
        (
            ("and officer.epoch == begun:", ":"),
            ("officer.active and officer", "officer"),
            ("if request.officer.owes and not view.owing:", ""),
            ("check(request.officer, actions)", ""),
            ('if target.startswith("/") and url_has', "if True or url_has"),
        ),
    ),
    "desk/settings.py": (
        "tests/desk/test_https.py",
        (
            ("365 * 24 * 3600 if PIYAO.desk.https else 0", "0"),
            ('_HOST = "__Host-" if PIYAO.desk.https else ""', '_HOST = ""'),
            ("SESSION_COOKIE_SECURE = PIYAO.desk.https", "SESSION_COOKIE_SECURE = False"),
        ),
    ),
    # ---- what is known, and what the model learns from
    "models/known/claims.py": (
        f"{CLAIMS} {OWED} {_ROLES}",
        (
            (
                'officers.require(db, by, "library") if by else officers.MACHINE',
                "by or officers.MACHINE",
            ),
            ("if old.gone:", ""),
            ("if old.suspended:", ""),
        ),
    ),
    "models/learning/withdrawals.py": (
        f"tests/models/learning/test_lessons.py tests/desk/cases/test_lesson.py {_ROLES}",
        (
            ("if len(reason) < 2:", ""),
            ('officers.require(db, by, "decide")\n        case = ', "case = "),
            ('officers.require(db, by, "decide")\n        cases', "cases"),
            ("case = cases.fresh(db, case_id, version)", "case = cases.get(db, case_id)"),
            ("\n        cases.fresh(db, case_id, version)", ""),
            ("if decided is None or decided.label is None:", "if decided is None:"),
            ("if decided.by != by.id and _of_others", "if False and _of_others"),
        ),
    ),
    "classifier/learning/editions.py": (
        "tests/classifier/learning/test_editions.py",
        (("if found != edition.digest:", ""),),
    ),
    "models/casework/unopened.py": (_ROLES, (('officers.require(db, by, "claim")', "pass"),)),
    "models/intake/sources.py": (_ROLES, (('officers.require(db, by, "sources")', "pass"),)),
    "models/people/changes.py": (
        f"{_FRESH} tests/desk/accounts/test_accounts.py",
        (('if row is None or not (row["officer_id"] == by.id or _all(by)):', "if row is None:"),),
    ),
    # ---- the record
    "models/replay.py": (
        f"{_RECORD} tests/operations/test_restore.py",
        (
            ("if row[0] != seq:", ""),
            ("row[7] != prev or row[8]", "row[8]"),
            (" or row[8] != chain.link(prev, *row[:7])", ""),
            ("if before and guarded.kept(name, before[0]) != guarded.kept(name, digest):", ""),
            ("if said is None:", ""),
            ("elif said == guarded.GONE:", "elif False:"),
            ("elif said != digest:", "elif False:"),
            ("if said != guarded.GONE:", ""),
            ("if head.hash != prev]", "if False]"),
            ("strayed += [head for seq_told in sorted(told) for head in told[seq_told]]", ""),
            ("if head.seq > entries and head.at and head.at <= at:", "if True:"),
        ),
    ),
    "models/chain.py": (
        _RECORD,
        (
            ("if guarded.noted(connection):", ""),
            ("guarded.take(connection) if entries else {}", "{}"),
            ('| ({"bound": bound} if bound else {})', ""),
        ),
    ),
    "models/guarded.py": (
        _RECORD,
        (
            (
                'for event, when, body in (\n        ("INSERT", "1", both["NEW"]),',
                "for event, when, body in (",
            ),
            ('("DELETE", "1", both["OLD"]),', ""),
            ('("UPDATE", changed, both["OLD"] + " " + both["NEW"]),', ""),
        ),
    ),
    "models/store.py": (
        f"{_RECORD} tests/models/test_store.py tests/models/test_fingerprint.py tests/models/test_keys.py"
        " tests/models/test_upgrade.py tests/models/test_sums.py tests/models/upkeep/test_erasure.py"
        " tests/models/upkeep/test_wall_clock.py",
        (
            ("guarded.forget(self.conn)", "pass"),
            ('chain.bind_rest(self.conn, stamp(now()) or "")', "pass"),
            ("keys.refuse_lost_store(path)", ""),
            ("keys.refuse_another(db.conn, path, db.secret)", ""),
            ("_refuse_another_schema(db)\n        wall", "wall"),
            ("fingerprint.refuse(db.path, fingerprint.of(db.conn), _schema(ran))", ""),
            ("db.mended = fingerprint.mend(db.conn, _schema(ran))", "pass"),
            ('"recursive_triggers=ON", ', ""),
            (', "secure_delete=ON")', ")"),
            ("erasure.scrub(db.conn)", "pass"),
            ("sums.watch(self.conn)", ""),
            ("wall.follow(db.conn)", ""),
        ),
    ),
    "models/fingerprint.py": (
        "tests/models/test_fingerprint.py",
        (
            ('*(f"{name} is missing" for name in sorted(wanted.keys() - found.keys())),', ""),
            ("if found.get(name, wanted[name]) != wanted[name]", "if False"),
            ('*(f"{name} is not of piyao" for name in sorted(found.keys() - wanted.keys())),', ""),
        ),
    ),
    "models/keys.py": (
        "tests/models/test_keys.py",
        (
            ("if beside(path).exists() and not (path.exists() and path.stat().st_size):", ""),
            (
                "if beside(path).exists() and not (path.exists() and path.stat().st_size):",
                "if beside(path).exists() and not path.exists():",
            ),
            ("if begun:", ""),
            ("if len(held) != SIZE:", ""),
            ("if kept and not hmac.compare_digest(kept[0], _check(key)):", ""),
        ),
    ),
    "models/heads.py": (
        "tests/models/test_heads.py",
        (
            (
                "if not file.is_file():\n        return [Finding",
                "if False:\n        return [Finding",
            ),
            ('if held < before["lines"]:', ""),
            ("if last is None or abs(now() - last) >= EVERY:", ""),
            ("SELECT 1 FROM outbox WHERE state = 'sent'", "SELECT 1 FROM outbox WHERE 0"),
            ('if out.read(1) != b"\\n":', ""),
            ("and len(digest) == 64:", ":"),
        ),
    ),
    "models/sums.py": (
        "tests/models/test_sums.py tests/models/test_damage.py",
        (
            ('yield Wrong("altered" if known else "unsummed", f"{table}:{row}")', "continue"),
            ('yield Wrong("taken", f"{table}:{row}")', "continue"),
            (
                'f"UPDATE sums SET {more} {this}" + moved',
                "f\"UPDATE sums SET sum = {summed.sum_of('NEW')} {this}\" + moved",
            ),
            ("return kept != _row(connection", "return False and _row(connection"),
        ),
    ),
    "models/damage.py": (
        "tests/models/test_damage.py tests/models/test_sums.py tests/jobs/test_backup.py",
        (
            ('if found != "ok":', ""),
            ('if line != "ok"]', "if False]"),
            ('for row in db.conn.execute("PRAGMA foreign_key_check"):', "for row in ():"),
            ("found += _bands(db)", "pass"),
        ),
    ),
    # ---- backup and restore
    "models/upkeep/backup.py": (
        "tests/jobs/test_backup.py",
        (
            ("if folder.resolve().is_relative_to(config.public.dir.resolve()):", ""),
            ("if key_folder.resolve().is_relative_to(folder.resolve()):", ""),
            ("with backup_folder.alone(folder):", "if True:"),
            ("if free < 2 * held + MARGIN:", ""),
            ("if faults:\n", "if False:\n"),
            ("if faults := manifests.check_parts(part, manifest):", ""),
            ("if file.read_bytes() != key:", ""),
        ),
    ),
    "models/upkeep/restored.py": (
        "tests/jobs/test_backup.py tests/operations/test_restore.py",
        (
            ("if manifests.key_print(key) != manifest.key:", ""),
            ("for each in damage.of_pages(db)]", "for each in ()]"),
            ("if not chain.ok:", ""),
            (
                "elif (chain.entries, chain.head) != (manifest.entries, manifest.head):",
                "elif False:",
            ),
            ("if counted.get(table) != rows", "if False"),
            ("*complete(db, places.site)]", "]"),
            (" WHERE state = 'queued'\",", ' WHERE 0",'),
            ("outbox.recover(db)", ""),
            ('db.conn.execute("DELETE FROM django_session").rowcount', "0"),
            ("UPDATE leases SET holder = '', fence = fence + 1, expires_at = ?", "SELECT ?"),
            (', filter="data")', ', filter="fully_trusted")'),
        ),
    ),
    "models/upkeep/backup_folder.py": (
        "tests/jobs/test_backup.py",
        (
            ("shutil.rmtree(leftover, ignore_errors=True)", "pass"),
            ("*[*last_of_day.values()][:days]", ""),
            ("(folder / manifests.NAME).is_file()", "True"),
        ),
    ),
    "models/upkeep/manifest.py": (
        "tests/models/upkeep/test_manifest.py tests/jobs/test_backup.py tests/operations/test_restore.py",
        (
            ("if write(found) != content:", ""),
            ("if found != part:", ""),
            ('if body.pop("format") != FORMAT:', 'if body.pop("format") is None:'),
        ),
    ),
    "operations/restore.py": (
        "tests/operations/test_restore.py",
        (
            ("if to.exists() and (not to.is_dir() or any(to.iterdir())):", ""),
            ("if config.store.exists() and not replace:", ""),
            ("if faults := manifests.check_parts(backup, manifest):", ""),
            ("with _no_desk(config):", "if True:"),
            ("config = _apart(path, config, say)", "pass"),
            ("if not lives:\n        old", "if True:\n        old"),
            ("woken = restored.wake(db, manifest)", "woken = Woken(0, 0)"),
            ("if manifests.key_print(secret) == manifest.key:", "if True:"),
            ("config = _moved_in(path, to, say)", "config = configuration.load(path)"),
        ),
    ),
    # ---- the clock, the lanes, who is served
    "models/wall.py": (
        "tests/models/upkeep/test_wall_clock.py",
        (
            ("return said if abs(said - due) <= REASON else due", "return said"),
            ("time.CLOCK_BOOTTIME", "time.CLOCK_REALTIME"),
        ),
    ),
    "models/upkeep/wall_clock.py": (
        "tests/models/upkeep/test_wall_clock.py",
        (
            ("agrees = abs(off) <= wall.REASON", "agrees = True"),
            ('agrees = _follows(_time(row["at"]), said)', "agrees = True"),
            ("last - wall.REASON <= said <= last + LONGEST_GAP", "said <= last + LONGEST_GAP"),
            ("last - wall.REASON <= said <= last + LONGEST_GAP", "last - wall.REASON <= said"),
            ("if ended is None:", "if False:"),
        ),
    ),
    "jobs/upkeep.py": (
        "tests/models/upkeep/test_wall_clock.py tests/jobs/test_upkeep.py",
        (("if found := wall_clock.doubt(db):", ""), ("if not found.ok:", "")),
    ),
    "jobs/rank.py": (
        "tests/models/upkeep/test_wall_clock.py tests/jobs/test_rank.py",
        (("None if wall_clock.doubt(db) else desk.config.window", "desk.config.window"),),
    ),
    "models/upkeep/heartbeat.py": (
        "tests/models/upkeep/test_heartbeat.py",
        (
            ("if moment - self._since > SILENT or (", "if ("),
            ("not self._proven and ended", "ended"),
        ),
    ),
    "operations/processes.py": (
        "tests/operations/test_processes.py",
        (
            ("self._hung(name, silent)", "pass"),
            ("if recent >= TROUBLED:", ""),
            ("min(moment - looked, 4 * LOOK), moment", "(moment - looked), moment"),
            (
                "os.killpg(\n                process.pid, signal.SIGKILL\n            )",
                "os.kill(\n                process.pid, signal.SIGKILL\n            )",
            ),
            (", LONGEST_PAUSE)", ", 10.0**6)"),
        ),
    ),
    "jobs/lanes.py": (
        "tests/jobs/test_lanes.py tests/jobs/test_collect.py",
        (
            ("slow = source in self.known", "slow = False"),
            ("self.lanes.prompt.release()", "pass"),
            ("self.began + self.most if self.slow else soon", "self.began + self.most"),
        ),
    ),
    "models/intake/waiting.py": (
        "tests/models/intake/test_waiting.py tests/jobs/test_fair_share.py",
        (
            ("if rescored < FREE:", "if True:"),
            ("+ BETWEEN * (before // AT_ONCE)", ""),
            ("max(p, nth), s, i)", "(p), s, i)"),
            ("AND due_at <= :now ORDER", "ORDER"),
            ("yield 4 * (n + 1), post_id", "yield 0, post_id"),
            ("max(1, 4 * limit // (len(hosts) * hosts[host]))", "limit"),
        ),
    ),
    "models/intake/floods.py": (
        "tests/jobs/test_fair_share.py tests/models/intake tests/desk/today",
        (('max(row["new"], row["rewritten"]) < AN_HOUR:', "True:"),),
    ),
    "desk/doors/lanes.py": (
        "tests/desk/doors/test_lanes.py",
        (
            ("if officer is not None and strangers:", ""),
            ("and strangers < self.strangers_most:", ":"),
            ("return self.busy[caller] < self.each", "return True"),
            (
                "self.waiting[caller] = line\n",
                "self.waiting[caller] = line\n            self.waiting.move_to_end(caller, last=False)\n",
            ),
        ),
    ),
    "desk/doors/connections.py": (
        "tests/desk/doors/test_floods.py",
        (
            (
                "if not self.request.headers_finished:\n            return moment - self.since > HEADER_SECONDS",
                "if not self.request.headers_finished:\n            return False",
            ),
            (
                "return moment - self.since > GRACE + self.request.body_bytes_received / PACE",
                "return False",
            ),
            ("return moment - self.since > GRACE + self.sent / PACE", "return False"),
            ("if not self.connection.caller_of(self.headers).officer:", ""),
        ),
    ),
    "desk/doors/server.py": (
        "tests/desk/doors/test_floods.py",
        (("        self.make_room()\n", ""), ("if connection.overdue(moment):", "")),
    ),
    "models/casework/uploads.py": (
        f"{CASES}test_uploads.py",
        (
            (
                "if done.files >= most.files or done.bytes + size > most.bytes:",
                "if done.bytes + size > most.bytes:",
            ),
            (
                "if done.files >= most.files or done.bytes + size > most.bytes:",
                "if done.files >= most.files:",
            ),
            ("if size > SMALL and free - size <", "if False and free - size <"),
            ("AND day = ?", "AND ? IS NOT NULL"),
        ),
    ),
    # ---- log, files, folders, the start
    "desk/log.py": (
        "tests/desk/test_log.py",
        (
            ("terminal(record.getMessage()[: 2 * LINE])", "record.getMessage()[: 2 * LINE]"),
            ("line if len(line) <= LINE else", "line if True else"),
            ("if refused(record):", ""),
            ("[-TRACEBACK:]", ""),
            ("if said < LINES:", "if True:"),
            ("if said > LINES:", ""),
        ),
    ),
    "desk/public/files.py": (
        "tests/desk/public/test_files.py tests/desk/public/test_server.py",
        (
            (" | os.O_NOFOLLOW", ""),
            (" | os.O_NONBLOCK", ""),
            ('if any(part.startswith(".") for part in parts):', ""),
            ("if not stat.S_ISREG(held.st_mode):", ""),
            ("    os.close(folder)\n", ""),
        ),
    ),
    "models/folders.py": (
        "tests/models/test_folders.py",
        (
            ("folder.chmod(CLOSED_FOLDER)", "pass"),
            ("path.chmod(CLOSED_FILE)\n    return out", "return out"),
            ("os.O_EXCL, CLOSED_FILE)", "os.O_EXCL, 0o666)"),
            ("if mode & ~wanted and path.stat()", "if False and path.stat()"),
            ('and not (folder / "piyao.toml").exists()', ""),
            ("part.chmod(wanted)", "pass"),
            ("not found.is_symlink() and", ""),
        ),
    ),
    "models/isolated.py": (
        "tests/operations/test_isolated_start.py tests/test_doctests.py",
        (
            ('[sys.executable, "-P", "-m", module', '[sys.executable, "-m", module'),
            ("if Path(each).is_absolute()]", "]"),
            ("if name not in _DROPPED and not", "if not"),
            ('and not name.startswith("SCRAPY_")', ""),
            ("del sys.path[0]", "pass"),
            ('| {"PYTHONSAFEPATH": "1"}', ""),
        ),
    ),
    "models/config.py": (
        "tests/models/test_config.py tests/models/test_heads.py",
        (
            ("if folder.resolve().is_relative_to(site.resolve()):", ""),
            ("if any(kept.is_relative_to(each.resolve()) for each in (folder, site)):", ""),
            ('self.address("url", values["url"], where)', ""),
        ),
    ),
    # ---- what leaves the house about a person
    "models/personal/admission.py": (
        "tests/models/personal",
        (
            ("text.clean(mask.direct(said, author), limit)", "text.clean(said, limit)"),
            ("mask.direct(raw[: 2 * MAX_CHARS], author)", "raw"),
            ("addresses.without_account(text.clean(url, limit), author)", "text.clean(url, limit)"),
            ("return addresses.stripped(kept, mask.numbers)", "return kept"),
            ("not _HASHED.search(kept)", "True"),
            ("not _names(kept, author)", "True"),
            ("(len(kept) < 7 or _nobody(kept))", "True"),
            ("hmac.new(secret, message", 'hmac.new(b"", message'),
            ("said = _AUTHORS.sub(", "_AUTHORS.sub("),
            ("said = _FIELDS.sub(", "_FIELDS.sub("),
            ("said = _ESCAPED.sub(", "_ESCAPED.sub("),
        ),
    ),
    "models/personal/mask.py": (
        "tests/models/personal",
        (
            (
                "plates.masked(names.without(_numbers_and_links(said)))",
                "names.without(_numbers_and_links(said))",
            ),
            ("names.without(_numbers_and_links(said), author)", "_numbers_and_links(said)"),
            ("return addresses.in_text(text, numbers)", "return numbers(text)"),
            ("for _ in range(ROUNDS):", "for _ in range(1):"),
        ),
    ),
    "models/upkeep/retention.py": (
        "tests/models/upkeep/test_retention.py tests/models/upkeep/test_erasure.py",
        (
            ("db.forget_log()", "pass"),
            ("opening.forget_words(db)", ""),
            ("AND p.scored_at IS NOT NULL AND NOT EXISTS", "AND NOT EXISTS"),
        ),
    ),
    "models/beginning.py": (
        "tests/models/test_heads.py tests/test_verbs.py",
        (
            ('if any(config.public.dir.glob("n/*.json")):', ""),
            ("elif heads.kept(config):", "elif False:"),
            ("if not config.store.exists():", ""),
        ),
    ),
    "models/address.py": (
        "tests/models/test_config.py tests/test_doctests.py",
        (
            ('if "@" in parts.netloc:', ""),
            ("if len(url) > LONGEST:", ""),
            ('if not url.isprintable() or " " in url or "\\\\" in url:', ""),
            ('re.sub(r"(//)[^/?#]*@", r"\\1…@", url)', "url"),
        ),
    ),
    "notices/republishing.py": (
        "tests/notices/test_republishing.py tests/operations/test_restore.py",
        (
            (
                "(there.identity == fresh.identity and there.order <= fresh.order)",
                "there.order <= fresh.order",
            ),
            (
                "(there.identity == fresh.identity and there.order <= fresh.order)",
                "there.identity == fresh.identity",
            ),
            ("elif there.identity != fresh.identity:", "elif False:"),
            ("elif there.order < fresh.order:", "elif False:"),
            ("elif there.hash != fresh.hash:", "elif False:"),
            ("elif lost := site.lacks(there):", "elif lost := ():"),
            ("(row.kind != RETRACT or bool(row.receipt))", "True"),
            ("if row.revision == notice.revision:", "if True:"),
        ),
    ),
    "notices/numbering.py": (
        "tests/notices/test_numbering.py",
        (
            ("fresh = numbers.note(db, found)", "fresh: list[Elsewhere] = []"),
            ("        held = None\n", "        raise\n"),
            ('log.warning("the numbers that', 'raise\n            log.warning("the numbers that'),
        ),
    ),
    "models/intake/again.py": (
        "tests/models/intake/test_again.py",
        (
            ("there not in taken and", ""),
            ("len(authors) < 2 and", ""),
            ('(own and other["alone"])', 'other["alone"]'),
            ('(own and other["alone"])', "own"),
            ("same_time or", ""),
            ("taken.add(there)", "pass"),
        ),
    ),
    "classifier/ranking/new_posts.py": (
        "tests/classifier/ranking/test_apart.py tests/classifier/ranking/test_new_posts.py tests/jobs/test_rank.py",
        (
            ("if len(batch) > 1:", ""),
            (
                "aside.put(db, batch[0], judge_of(model)",
                "(lambda *_: None)(db, batch[0], judge_of(model)",
            ),
            ("aside.judged(db, same)", ""),
            ("waiting.served(db, {post.source for post in batch})", ""),
            ("same = posts.unchanged(db, batch)", "same = {post.id for post in batch}"),
        ),
    ),
    "desk/passes.py": (
        "tests/desk/test_passes.py",
        (
            ("unsign(value, max_age=seconds)", "unsign(value)"),
            (
                "signing.TimestampSigner(salt=SALT).unsign(value, max_age=seconds)",
                'value.split(":")[0]',
            ),
        ),
    ),
    "desk/review/drawings.py": (
        "tests/desk/review/test_drawings.py",
        (
            ("if not select.select([process.stdout], [], [], PATIENCE)[0]:", ""),
            ("while self.size > KEPT:", "while False:"),
            ("found = self._found(name)  # drawn", "found = None  # drawn"),
            ("with self.lane.enter(str(who)):", "if True:"),
            ("if letter == draughtsman.ERROR:", ""),
        ),
    ),
    "desk/alarms.py": (
        "tests/desk/test_alarms.py",
        (("if since := WATCH.silent_since(db):", ""), ("if doubt := wall_clock.doubt(db):", "")),
    ),
    "desk/review/actions.py": (
        "tests/desk/review",
        (
            (
                "if unfit := image.faults(notices.get(request.db, notice_id), settings.PIYAO.office):",
                "",
            ),
            ("    numbering.look(request.db, settings.PIYAO)\n", ""),
        ),
    ),
    "models/personal/addresses.py": (
        "tests/models/personal",
        (
            ("keeps = trusted or official(address)", "keeps = False"),
            ("keeps = trusted or official(address)", "keeps = True"),
            ('meant = unquote(part, errors="replace")', "meant = part"),
            ("address = _ACCOUNT.sub(", "_ACCOUNT.sub("),
            ("address = _WHO.sub(", "_WHO.sub("),
            ("if len(name) > 1 and not official(address):", ""),
        ),
    ),
    # ---- rules in SQL that are no trigger: the views that they ask
    "models/schema/m0006_evidence.py": (
        f"{_COUNTING} {_ENDING} {OWED}",
        (
            (" AND e.own = 0", ""),
            (" AND length(e.quoted) >= 2", ""),
            (" AND e.gist <> ''\n", "\n"),
            ("    AND (e.document <> '' OR e.address <> '')\n", ""),
            (" AND instr(c.quotable, e.quoted) > 0", ""),
            ("c.quotable_of = c.claim AND", ""),
            ("(f.document <> '' AND f.document = e.document) OR", ""),
            ("(f.address <> '' AND f.address = e.address)", "0"),
            ("OR (f.gist = e.gist AND (f.name = e.name", "OR (0 AND (f.name = e.name"),
            ("SELECT count(*) >= 2 AND sum(is_primary) >= 1", "SELECT sum(is_primary) >= 1"),
            (" AND sum(is_primary) >= 1", ""),
            (" AND sum(independent) >= 1", ""),
            ("AND i.added_by <> p.added_by", ""),
            ("c.lead_sent_at IS NOT NULL AND", ""),
            (" AND c.sample_status <> ''", ""),
            ("ON c.id = p.case_id AND c.claim = p.claim", "ON c.id = p.case_id"),
            ("ON o.id = p.by AND o.active = 1", "ON o.id = p.by"),
            ("v.case_id = p.case_id AND v.at >= p.at", "0"),
            ("(e.added_at >= p.at OR e.withdrawn_at >= p.at)", "0"),
            ("AND p.by <> NEW.by AND p.evidence_hash", "AND p.evidence_hash"),
            ("AND p.evidence_hash = NEW.evidence_hash", ""),
        ),
    ),
    "models/schema/m0007_hands.py": (
        f"{_HANDS} {_ENDING} {CASES}test_acts.py",
        (
            ("FROM case_acts WHERE by <> 0\n", "FROM case_acts WHERE 0\n"),
            ("    UNION ALL SELECT case_id, by, 'verdict', NULL, at FROM verdicts\n", ""),
            (
                "    UNION ALL SELECT case_id, by, iif(reason = '', 'closing', 'dismissal'), NULL, at FROM closings\n",
                "",
            ),
            (
                "    UNION ALL SELECT case_id, added_by, 'evidence', NULL, added_at FROM evidence\n",
                "",
            ),
            ("WHERE withdrawn_by <> 0\n", "WHERE 0\n"),
            ("WHERE r.edited_by <> 0\n", "WHERE 0\n"),
            ("WHERE a.step IN ('submit', 'retract')", "WHERE a.step IN ('submit')"),
            ("o.role = 'verifier' AND o.active = 1,\n", "o.role = 'verifier',\n"),
            (
                "    AND NOT EXISTS (SELECT 1 FROM hands h WHERE h.case_id = n.case_id AND h.by = r.by)\n",
                "",
            ),
            ("x.notice_id = r.notice_id AND x.step = 'refuse' AND x.id > r.id", "0"),
            ("o.role = 'publisher' AND o.active = 1\n", "o.role = 'publisher'\n"),
            ("        AND x.step = 'refuse' AND x.id > a.id)", "        AND 0)"),
            (
                "    AND NOT EXISTS (SELECT 1 FROM hands h WHERE h.case_id = c.id AND h.by = a.by)\n",
                "",
            ),
            (
                "\n        AND s.at >= coalesce((SELECT max(e.withdrawn_at)",
                "\n        AND '9' >= coalesce((SELECT max(e.withdrawn_at)",
            ),
            (" AND r.hash = a.hash AND r.topic = z.topic", " AND r.hash = a.hash"),
            ("            AND r.id < a.id AND r.by", "            AND r.by"),
            ("AND v.id = (SELECT max(id) FROM verdicts w WHERE w.case_id = c.id)\n", "\n"),
            ("OR c.id IN (SELECT case_id FROM evidence_suffices WHERE case_id = c.id)", "OR 1"),
            ("AND (a.how = 'topic' OR (a.how = 'dismissal' AND a.was <> ''))", "AND 0"),
            (
                "(OLD.hazard = 1 OR e.added_by IS NOT NEW.dismissed_by)",
                "e.added_by IS NOT NEW.dismissed_by",
            ),
            ("(OLD.hazard = 1 OR v.by IS NOT NEW.dismissed_by)", "0"),
            ("AND p.by <> NEW.dismissed_by AND p.reason", "AND p.reason"),
            ("AND p.reason = NEW.dismissed_for", ""),
        ),
    ),
    "models/schema/m0008_accounts.py": (
        f"{_FRESH} tests/models/schema/test_triggers.py",
        (
            ("abs(julianday(NEW.at) - julianday(changed_at)) < 1", "NEW.at = ''"),
            ("EXISTS (SELECT 1 FROM codes c WHERE c.officer_id = o.id) AS owes", "0 AS owes"),
        ),
    ),
    "models/schema/m0010_numbers.py": (
        "tests/models/publishing/test_numbers.py tests/notices/test_numbering.py",
        (
            ("\n    UNION ALL SELECT year, serial FROM numbers_elsewhere;", ";"),
            ("WHERE hash = NEW.approved_hash AND hash <> ''", "WHERE 0"),
            ("OR NEW.serial NOT BETWEEN 1 AND 999999", ""),
        ),
    ),
    "models/schema/m0001_publishing.py": (
        "tests/models/schema/test_triggers.py",
        (
            ("    UNIQUE (year, serial),\n", ""),
            (",\n    UNIQUE (notice_id, revision, channel, kind)", ""),
            ("CHECK (kind = 'verifying' OR verdict_id IS NOT NULL)", "CHECK (1)"),
        ),
    ),
    "models/schema/m0001_casework.py": (
        "tests/models/schema/test_triggers.py",
        (
            (
                "OR (literal = 'unknown' AND outcome IN ('unverified', 'not_a_claim'))",
                "OR literal = 'unknown'",
            ),
            (
                "        CHECK (hazard = (topic IN ('epidemic','food','disaster','medicine','production'))),",
                "        CHECK (1),",
            ),
            ("cluster_id INTEGER NOT NULL UNIQUE", "cluster_id INTEGER NOT NULL"),
        ),
    ),
    # ---- cases beside one another
    "classifier/known/stories.py": (
        "tests/classifier/known/test_stories.py tests/jobs/test_neighbours.py",
        (
            ("near.claim_id == case_id or ", ""),
            ("or -near.far < NEAR", ""),
            (">= ALIKE", ">= 0"),
            ("    if moved:\n        return Relation.ELSEWHERE\n", ""),
            ("    if opposite:\n        return Relation.OPPOSITE\n", ""),
            ("    if changed:\n        return Relation.CHANGED\n", ""),
            ("found[:MOST]", "found"),
            ("if ours & wording.of_text(other).plates", "if ours"),
        ),
    ),
    "models/casework/neighbours.py": (
        f"{CASES}test_neighbours.py tests/jobs/test_neighbours.py",
        (
            ("AND w.changed <= ?6 AND c.state <> 'dismissed'", "AND c.state <> 'dismissed'"),
            ("\"state <> 'dismissed' AND (closed_at", '"(closed_at'),
            (" AND (c.closed_at IS NULL OR c.closed_at >= ?)", " AND ?"),
            ("case.id) != case.words:", "case.id) is None:"),
            ("            db.conn.execute(_PRUNE, [other_id, HELD])\n", ""),
            ("            db.conn.execute(_PUT_BACK, values)\n", ""),
            ("if not row[2]]", "]"),
        ),
    ),
    "models/schema/m0015_neighbours.py": (
        f"{CASES}test_neighbours.py",
        (
            ("c.id = n.other_id AND c.state <> 'dismissed'", "c.id = n.other_id"),
            (" AND a.changed = n.words", ""),
            (" AND b.changed = n.other_words", ""),
            (", CHECK (case_id <> other_id)", ""),
            ("compared = iif(NEW.state = 'dismissed', last, compared)", "compared = compared"),
        ),
    ),
}
