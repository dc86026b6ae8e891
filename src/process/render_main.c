/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `clipgrid render`: a session, a script, and the sound of it as a file (CONTRACT 4): see rendering.h. */
#include "config.h"

#include "process/document.h"
#include "process/rendering.h"
#include "process/roles.h"
#include "base/text.h"
#include "command/command.h"
#include "session/session.h"
#include "show/flat.h"

#include <math.h>
#include <string.h>

static int parse_output(const struct args *args, struct output_choice *choice, struct err *err)
{
    const char *format = args->format ? args->format : "f32", *dither = args->dither ? args->dither : "off";
    *choice = (struct output_choice){.path = args->out, .hash = args->hash, .format = OUTPUT_F32, .rate = choice->rate,
                                     .channels = (uint32_t)args->channels};
    if (!strcmp(format, "s16"))
        choice->format = OUTPUT_S16;
    else if (!strcmp(format, "s24"))
        choice->format = OUTPUT_S24_3;
    else if (strcmp(format, "f32"))
        return err_set(err, ERR_USAGE, "--format %s: f32, s16 or s24", format);
    if (strcmp(dither, "off") && strcmp(dither, "tpdf"))
        return err_set(err, ERR_USAGE, "--dither %s: off or tpdf", dither);
    choice->dither = !strcmp(dither, "tpdf");
    return 0;
}

int rendering_parse(const struct args *args, uint32_t rate, struct rendering_request *request, struct err *err)
{
    enum { MOST_S = 3600 * RENDERING_HOURS };
    double seconds;
    request->config = args->config;
    request->period = args->period ? (uint32_t)args->period : 64;
    request->end = UINT64_MAX;
    request->out.rate = rate;
    if (args->seconds && (!text_parse_double(args->seconds, &seconds) || seconds < 0 || seconds > MOST_S))
        return err_set(err, ERR_USAGE, "--seconds %s: a number from 0 to %d", args->seconds, MOST_S);
    if (args->seconds)
        request->end = (uint64_t)floor(seconds * rate + 0.5);
    return parse_output(args, &request->out, err);
}

/* Runs the script dry, on a copy of the show: a line that is no command for any show stops it before the first frame. */
static int check_script(const struct show *show, const struct script *script, const char *name, struct err *err)
{
    struct strbuf flat = {0};
    struct err why;
    flat_write(show, &flat);
    struct show *copy = document_parse(flat.s, flat.len, err);
    strbuf_clear(&flat);
    int result = copy ? 0 : -1;
    for (int i = 0; result == 0 && i < script->lines; i++) {
        struct command_context context = {.show = copy, .role = COMMAND_ROLE_EDIT, .source = COMMAND_FROM_RENDER};
        struct command_reply reply;
        bool malformed = command_dispatch(&context, script->line[i].command, &reply) < 0 && reply.err.code == ERR_USAGE;
        why = reply.err;
        command_reply_clear(&reply);
        if (malformed)
            result = err_set(err, ERR_USAGE, "%s:%d: %s", name, script->line[i].number, why.text);
    }
    show_free(copy);
    return result;
}

static int render(const struct args *args, const struct script *script, struct rendering_request *request, struct err *err)
{
    request->session = args->word[0];
    request->script = script;
    request->show = session_load(args->word[0], NULL, err);
    if (!request->show)
        return -1;
    if (check_script(request->show, script, args->commands, err) == 0)
        return rendering_run(request, err);
    show_free(request->show);
    return -1;
}

int render_main(const struct args *args)
{
    struct rendering_request request = {0};
    struct script script;
    struct err err = {0};
    uint32_t rate = args->rate ? (uint32_t)args->rate : 48000;
    if (!args->commands || (!args->out && !args->hash))
        return front_fail(2, "usage: clipgrid render SESSION --commands FILE --out FILE.wav");
    if (rendering_parse(args, rate, &request, &err) < 0 || script_read(&script, args->commands, rate, &err) < 0)
        return front_fail(err.code == ERR_USAGE ? 2 : 1, "%s", err.text);
    int result = render(args, &script, &request, &err);
    script_clear(&script);
    return result < 0 ? front_fail(err.code == ERR_USAGE ? 2 : 1, "%s", err.text) : 0;
}
