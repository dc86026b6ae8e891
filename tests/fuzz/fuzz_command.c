/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of clients through the command table, over a small show: none breaks it, a refused one changes nothing, an accepted
 * edit can be undone, and the document stays one that its flat form reads back.
 */
#include "config.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "command/command.h"
#include "fuzz.h"
#include "show/flat.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 12 };

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/command", NULL};
const char *const fuzz_words[] = {"set ", "gain ", "1/1/1", "c1", "group:A", "bus:audition", "all", "markers", "links", "undo\n", "redo\n",
                                  "\"", "\\", "-inf", "9999999999", "default", "tab:1 ", " rows ", NULL};

static void hold(int law)
{
    if (!law)
        abort();
}

static struct show *small_show(void)
{
    static const char text[] = "tab 1 rows 4\nclip 1/1/1 c1 file \"a.wav\"\nclip 1/1/2 c2 file \"b.wav\"\nclip 1/2/1 bell file \"c.wav\"\n";
    struct show *show = show_new();
    struct err err;
    hold(flat_read(show, text, sizeof text - 1, &err) == 0);
    return show;
}

static void check_reads_back(const struct show *show)
{
    struct strbuf one = {0}, two = {0};
    struct show *again = show_new();
    struct err err;
    flat_write(show, &one);
    hold(flat_read(again, one.s, one.len, &err) == 0);
    flat_write(again, &two);
    hold(one.len == two.len && !memcmp(one.s, two.s, one.len));
    show_free(again);
    strbuf_clear(&one);
    strbuf_clear(&two);
}

static void run_line(struct show *show, const char *line)
{
    const struct command_context context = {.show = show, .role = COMMAND_ROLE_EDIT, .source = COMMAND_FROM_SOCKET};
    struct command_reply reply;
    struct strbuf out = {0};
    uint64_t before = show_revision(show);
    int result = command_dispatch(&context, line, &reply);
    hold(result == 0 || (reply.err.code != ERR_NONE && !reply.actions && show_revision(show) == before));
    command_reply_clear(&reply);
    command_complete(show, line, &out);
    strbuf_clear(&out);
}

/* One show for all inputs, for one takes longer to make than a line to run: undoing everything makes it what it was. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct show *show;
    char *copy = xstrndup((const char *)bytes, count), *rest = copy;
    int lines = 0;
    if (!show)
        show = small_show();
    for (char *line; (line = strsep(&rest, "\n")) && lines < LINES_MAX; lines++)
        run_line(show, line);
    if (count % 64 == 0)
        check_reads_back(show);
    while (show_undo(show))
        ;
    show_forget_undo(show);
    hold(show_clips(show) == 3);
    free(copy);
    return 0;
}
