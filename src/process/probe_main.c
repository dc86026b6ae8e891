/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `clipgrid probe FILE...`: what media files hold, a line each, decoded by a worker. */
#include "config.h"

#include "process/roles.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "media/prober.h"

#include <stdio.h>

struct probed {
    struct probe_info info;
    struct media_tags tags;
};

static void print_text(const char *file, const struct probed *probed)
{
    const struct probe_info *info = &probed->info;
    const struct media_tags *tags = &probed->tags;
    struct strbuf line = {0};
    strbuf_addf(&line, "%s: %s, %s, %u Hz, %u channel%s, %lld frames, %.3f s%s%s", file, info->format, info->sample,
                info->rate, info->channels, info->channels == 1 ? "" : "s", (long long)info->frames,
                (double)info->frames / info->rate, info->warning[0] ? "; " : "", info->warning);
    for (int field = 0; field < TAG_FIELDS; field++) {
        if (!*tags_get(tags, (enum tag_field)field))
            continue;
        strbuf_addf(&line, "; %s ", tags_name((enum tag_field)field));
        text_fmt_quoted(&line, tags_get(tags, (enum tag_field)field));
    }
    for (int i = 0; i < tags->markers; i++) {
        strbuf_addf(&line, "; marker %lldf ", (long long)tags->marker[i].frame);
        text_fmt_quoted(&line, tags->marker[i].name);
    }
    front_print(stdout, line.s, false);
    strbuf_clear(&line);
}

static void add_tags(struct strbuf *out, const struct media_tags *tags)
{
    const char *between = "";
    strbuf_adds(out, ",\"tags\":{");
    for (int field = 0; field < TAG_FIELDS; field++) {
        if (!*tags_get(tags, (enum tag_field)field))
            continue;
        strbuf_addf(out, "%s\"%s\":", between, tags_name((enum tag_field)field));
        text_fmt_json(out, tags_get(tags, (enum tag_field)field));
        between = ",";
    }
    strbuf_adds(out, "},\"markers\":[");
    for (int i = 0; i < tags->markers; i++) {
        const struct media_marker *marker = &tags->marker[i];
        strbuf_addf(out, "%s{\"frame\":%lld,\"source\":\"%s\",\"name\":", i ? "," : "", (long long)marker->frame,
                    tags_marker_source(marker));
        text_fmt_json(out, marker->name);
        strbuf_addc(out, '}');
    }
    strbuf_adds(out, "]");
}

static void print_error_json(const char *file, const char *error)
{
    struct strbuf out = {0};
    strbuf_adds(&out, "{\"file\":");
    text_fmt_json(&out, file);
    strbuf_adds(&out, ",\"error\":");
    text_fmt_json(&out, error);
    strbuf_adds(&out, "}\n");
    fputs(out.s, stdout);
    strbuf_clear(&out);
}

static void print_json(const char *file, const struct probed *probed)
{
    const struct probe_info *info = &probed->info;
    struct strbuf out = {0};
    strbuf_adds(&out, "{\"file\":");
    text_fmt_json(&out, file);
    strbuf_adds(&out, ",\"format\":");
    text_fmt_json(&out, info->format);
    strbuf_adds(&out, ",\"sample\":");
    text_fmt_json(&out, info->sample);
    strbuf_addf(&out, ",\"rate\":%u,\"channels\":%u,\"frames\":%lld,\"seconds\":%.6f,\"warning\":", info->rate, info->channels,
                (long long)info->frames, (double)info->frames / info->rate);
    text_fmt_json(&out, info->warning);
    add_tags(&out, &probed->tags);
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
        static struct probed probed;
        struct err err;
        if (prober_ask_tags(&prober, args->word[i], &probed.info, &probed.tags, &err) == 0) {
            if (args->json)
                print_json(args->word[i], &probed);
            else
                print_text(args->word[i], &probed);
            continue;
        }
        status = 1;
        if (args->json)
            print_error_json(args->word[i], err.text);
        else
            front_fail(1, "%s", err.text);
    }
    front_tell_lacks(prober.lacks);
    prober_clear(&prober);
    return status;
}
