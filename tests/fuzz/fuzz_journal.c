/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A journal of edits that a disk or a person has spoilt: what is read of it are whole lines, the mark stands once, and the sound
 * part of it says the same again. The first byte says whether the session file is the one it was made for.
 */
#include "config.h"

#include "fuzz.h"
#include "session/journal.h"

#include <stdlib.h>
#include <string.h>

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/journal", NULL};
const char *const fuzz_words[] = {"@saved", "@saving", "@document ", "edited", " saved ", "clipgrid-journal 2\n", "\n", "4294967295 ",
                                  "00000000", NULL};

static void hold(int law)
{
    if (!law)
        abort();
}

static int count_lines(const struct strbuf *text)
{
    int lines = 0;
    for (size_t i = 0; i < text->len; i++)
        lines += text->s[i] == '\n';
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    if (!count)
        return 0;
    const char *text = (const char *)bytes + 1;
    uint64_t hash = bytes[0] & 1 ? 0x1234 : 0;
    struct journal_past past, again;
    size_t sound = journal_parse(text, count - 1, hash, &past);
    hold(sound <= count - 1);
    hold(!past.lines.len || past.lines.s[past.lines.len - 1] == '\n');
    hold(sound || (!past.document.len && !past.lines.len && !past.edits && !past.unsaved));
    int lines = count_lines(&past.lines);
    hold(lines == past.edits || lines == past.edits + 1);
    hold(past.unsaved >= 0 && past.unsaved <= past.edits + 1);
    if (sound) {
        hold(journal_parse(text, sound, hash, &again) == sound);
        hold(again.edits == past.edits && again.unsaved == past.unsaved && again.serial == past.serial);
        journal_past_clear(&again);
    }
    journal_past_clear(&past);
    return 0;
}
