/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `clipgrid probe FILE...`: what media files hold, a line each, decoded by a worker. */
#include "config.h"

#include "process/roles.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "media/prober.h"

#include <stdio.h>

static void print_text(const char *file, const struct probe_info *info)
{
    struct strbuf line = {0};
    strbuf_addf(&line, "%s: %s, %s, %u Hz, %u channel%s, %lld frames, %.3f s%s%s", file, info->format, info->sample, info->rate, info->channels,
                info->channels == 1 ? "" : "s", (long long)info->frames, (double)info->frames / info->rate,
                info->warning[0] ? "; " : "", info->warning);
    front_print(stdout, line.s, false);
    strbuf_clear(&line);
}

static void print_json(const char *file, const struct probe_info *info, const char *error)
{
    struct strbuf out = {0};
    strbuf_adds(&out, "{\"file\":");
    text_fmt_json(&out, file);
    if (error) {
        strbuf_adds(&out, ",\"error\":");
        text_fmt_json(&out, error);
    } else {
        strbuf_adds(&out, ",\"format\":");
        text_fmt_json(&out, info->format);
        strbuf_adds(&out, ",\"sample\":");
        text_fmt_json(&out, info->sample);
        strbuf_addf(&out, ",\"rate\":%u,\"channels\":%u,\"frames\":%lld,\"seconds\":%.6f,\"warning\":", info->rate, info->channels,
                    (long long)info->frames, (double)info->frames / info->rate);
        text_fmt_json(&out, info->warning);
    }
    strbuf_adds(&out, "}\n");
    fputs(out.s, stdout);
    strbuf_clear(&out);
}

int probe_main(const struct args *args)
{
    struct prober prober;
    int status = 0;
    prober_init(&prober);
    for (int i = 0; i < args->words; i++) {
        struct probe_info info;
        struct err err;
        if (prober_ask(&prober, args->word[i], &info, &err) == 0) {
            if (args->json)
                print_json(args->word[i], &info, NULL);
            else
                print_text(args->word[i], &info);
            continue;
        }
        status = 1;
        if (args->json)
            print_json(args->word[i], NULL, err.text);
        else
            front_fail(1, "%s", err.text);
    }
    front_tell_lacks(prober.lacks);
    prober_clear(&prober);
    return status;
}
