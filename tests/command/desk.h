/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What command tests share: a show, and a way to say a line to it and hear the answer as the socket would give it. */
#ifndef TESTS_COMMAND_DESK_H
#define TESTS_COMMAND_DESK_H

#include "base/strbuf.h"
#include "base/text.h"
#include "command/command.h"
#include "show/flat.h"

#include <stdio.h>
#include <string.h>

struct desk {
    struct command_context context;
    struct command_reply reply;
    struct strbuf answer;
};

static inline void desk_open(struct desk *desk)
{
    *desk = (struct desk){.context = {.show = show_new(), .role = COMMAND_ROLE_EDIT}};
}

static inline void desk_close(struct desk *desk)
{
    show_free(desk->context.show);
    command_reply_clear(&desk->reply);
    strbuf_clear(&desk->answer);
}

/* "ok", "ok VALUE" or "error CODE TEXT"; valid until the next line. */
static inline const char *desk_say(struct desk *desk, const char *line)
{
    command_reply_clear(&desk->reply);
    strbuf_reset(&desk->answer);
    if (command_dispatch(&desk->context, line, &desk->reply)) {
        strbuf_addf(&desk->answer, "error %s %s", err_word(desk->reply.err.code), desk->reply.err.text);
    } else {
        strbuf_adds(&desk->answer, "ok");
        if (desk->reply.value.len) {
            strbuf_addc(&desk->answer, ' ');
            text_fmt_escaped(&desk->answer, desk->reply.value.s);
        }
    }
    return desk->answer.s;
}

#endif
