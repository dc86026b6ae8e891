/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines out, replies in: see talk.h. */
#include "config.h"

#include "screen/talk.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

void talk_open(struct talk *talk, int fd)
{
    memset(talk, 0, sizeof *talk);
    talk->fd = fd;
}

void talk_close(struct talk *talk)
{
    for (; talk->count; talk->count--, talk->head = (talk->head + 1) % TALK_PENDING)
        free(talk->pending[talk->head].line);
    strbuf_clear(&talk->out);
    strbuf_clear(&talk->in);
}

bool talk_send(struct talk *talk, const char *line, bool typed)
{
    if (talk->count == TALK_PENDING || talk->out.len + strlen(line) >= TALK_BYTES)
        return false;
    int place = (talk->head + talk->count++) % TALK_PENDING;
    talk->pending[place].line = xstrdup(line);
    talk->pending[place].typed = typed;
    strbuf_adds(&talk->out, line);
    strbuf_addc(&talk->out, '\n');
    return true;
}

bool talk_flush(struct talk *talk)
{
    while (talk->out.len) {
        ssize_t sent = send(talk->fd, talk->out.s, talk->out.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR;
        strbuf_consume(&talk->out, (size_t)sent);
    }
    return true;
}

bool talk_receive(struct talk *talk)
{
    char bytes[4096];
    for (;;) {
        ssize_t count = recv(talk->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (count == 0)
            return false;
        if (count < 0)
            return errno == EAGAIN || errno == EINTR;
        strbuf_add(&talk->in, bytes, (size_t)count);
    }
}

/* `ok`, `ok VALUE` or `error CODE TEXT`. */
static void parse_reply(struct talk_reply *reply, const char *line)
{
    const char *text = "";
    reply->ok = strncmp(line, "ok", 2) == 0;
    if (reply->ok) {
        text = line[2] == ' ' ? line + 3 : "";
    } else {
        const char *code = strncmp(line, "error ", 6) == 0 ? line + 6 : line;
        const char *blank = strchr(code, ' ');
        text = blank && code != line ? blank + 1 : code;
    }
    reply->text = xstrdup(text);
    if (reply->ok)
        text_unescape(reply->text);
}

bool talk_next_reply(struct talk *talk, struct talk_reply *reply)
{
    char *end = talk->in.len ? memchr(talk->in.s, '\n', talk->in.len) : NULL;
    if (!end)
        return false;
    if (!talk->count) {                 /* nobody asked */
        strbuf_reset(&talk->in);
        return false;
    }
    *end = '\0';
    reply->line = talk->pending[talk->head].line;
    reply->typed = talk->pending[talk->head].typed;
    talk->head = (talk->head + 1) % TALK_PENDING;
    talk->count--;
    parse_reply(reply, talk->in.s);
    strbuf_consume(&talk->in, (size_t)(end - talk->in.s) + 1);
    return true;
}

void talk_reply_clear(struct talk_reply *reply)
{
    free(reply->line);
    free(reply->text);
}
