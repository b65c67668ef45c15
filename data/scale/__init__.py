"""The big world: many invented organisations over ten years, to measure on. `build.build()` makes it.

Its rows do not go through the verbs, which would take a day for a million incidents; tests/test_scale.py enters some of its
records once more through the verbs and compares every column and every entry. Left out, since no figure and no list that is
measured asks for them: attachments, statements, links, helpers, mail, sign-ins, drafts and the nonces of forms.
"""
