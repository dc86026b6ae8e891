/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report of what could go wrong: see report.h. */
#include "config.h"

#include "process/report.h"
#include "base/text.h"

static const char *const level_words[] = {"fit", "warning", "error"};

void report_init(struct report *report)
{
    *report = (struct report){0};
}

void report_clear(struct report *report)
{
    strbuf_clear(&report->text);
    strbuf_clear(&report->json);
    strbuf_clear(&report->more);
    report_init(report);
}

void report_add(struct report *report, enum report_level level, const char *file, int line, const char *clip, const char *media,
                const char *text)
{
    if (level > report->worst)
        report->worst = level;
    struct strbuf told = {0}, *out = &report->json;
    strbuf_addf(&told, "%s: ", level_words[level]);
    if (line)
        strbuf_addf(&told, "%s:%d: ", file, line);
    else if (*file && !*clip && !*media)
        strbuf_addf(&told, "%s: ", file);
    if (*clip)
        strbuf_addf(&told, "%s: ", clip);
    if (*media)
        strbuf_addf(&told, "%s: ", media);
    strbuf_adds(&told, text);
    text_fmt_clean(&report->text, told.s, false);
    strbuf_addc(&report->text, '\n');
    strbuf_clear(&told);
    strbuf_addf(out, "%s{\"level\":\"%s\",\"file\":", report->items++ ? "," : "", level_words[level]);
    text_fmt_json(out, file);
    strbuf_addf(out, ",\"line\":%d,\"clip\":", line);
    text_fmt_json(out, clip);
    strbuf_adds(out, ",\"media\":");
    text_fmt_json(out, media);
    strbuf_adds(out, ",\"text\":");
    text_fmt_json(out, text);
    strbuf_addc(out, '}');
}

void report_note(struct report *report, const char *text)
{
    if (!report->notes)
        return;
    strbuf_adds(&report->text, "note: ");
    text_fmt_clean(&report->text, text, false);
    strbuf_addc(&report->text, '\n');
}

void report_fmt(const struct report *report, bool json, struct strbuf *out)
{
    if (json)
        strbuf_addf(out, "{\"fit\":%d,\"items\":[%s]%s}", report->worst, report->json.s ? report->json.s : "",
                    report->more.s ? report->more.s : "");
    else
        strbuf_addf(out, "%s%s", report->text.s ? report->text.s : "",
                    report->worst == REPORT_FIT ? "fit for a show"
                    : report->worst == REPORT_WARNING ? "fit, with warnings" : "not fit for a show");
}
