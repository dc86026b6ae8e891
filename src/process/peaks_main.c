/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `clipgrid peaks FILE|SESSION...`: measures media now, keeps their peaks, and says a line of each. A
 * session stands for all the media of its clips. Interrupted at any moment, what was finished is kept.
 */
#include "config.h"

#include "process/library.h"
#include "process/roles.h"
#include "base/text.h"
#include "decode/loudness.h"
#include "library/peakfile.h"
#include "library/survey.h"
#include "platform/clock.h"
#include "platform/paths.h"
#include "session/session.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_S = 5 };                    /* between lines of progress where there is no terminal */

struct teller {
    bool shown;                         /* a line of progress stands on the terminal */
    uint64_t due_ns;                    /* of the next line, where there is none */
};

/* One line that changes on a terminal, else a line now and then. */
static void tell(void *context, const char *text)
{
    struct teller *teller = context;
    uint64_t now = clock_now_rt();
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r%s\033[K", text);
        teller->shown = true;
    } else if (teller->due_ns && now >= teller->due_ns) {
        fprintf(stderr, "%s\n", text);
    }
    if (!teller->due_ns || now >= teller->due_ns)
        teller->due_ns = now + LINE_S * CLOCK_SECOND_NS;
}

/* Sessions begin with their format; the name may be any. */
static bool is_session(const char *path)
{
    char head[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got = fd < 0 ? -1 : read(fd, head, sizeof head - 1);
    if (fd >= 0)
        close(fd);
    if (got <= 0 || memchr(head, '\0', (size_t)got))
        return false;
    head[got] = '\0';
    return strstr(head, "\"ORP") != NULL;
}

static int add_session(struct survey *survey, const char *path, struct err *err)
{
    static struct library library;
    char absolute[PATH_MAX];
    struct show *show = session_load(path, NULL, err);
    if (!show || paths_absolute(path, absolute, sizeof absolute, err) < 0) {
        show_free(show);
        return -1;
    }
    int result = library_init(&library, show, absolute, err);
    for (int slot = 0; slot < show_slots(show) && !result; slot++)
        if (show_clip(show, slot))
            library_add_media(&library, show_clip(show, slot), survey);
    library_clear(&library);
    return result;
}

/* --- what became of each --- */

struct summary {
    double highest_db, rms_db;          /* of all channels; -HUGE_VAL: silence */
    double seconds;
};

static bool summarise(const struct survey_item *item, const char *folder, struct peakfile *file, struct summary *summary,
                      struct err *err)
{
    int highest = 0;
    double energy = 0;
    if (peakfile_read(file, folder, item->absolute, &item->found.stamp, err) < 0)
        return false;
    size_t bins = (size_t)file->bins[0] * file->channels;
    for (size_t i = 0; i < bins; i++) {
        const struct peak *bin = &file->level[0][i];
        highest = -bin->low > highest ? -bin->low : bin->high > highest ? bin->high : highest;
        energy += (double)bin->rms * bin->rms;
    }
    *summary = (struct summary){.highest_db = 20 * log10((double)highest / PEAKS_FULL),
                                .rms_db = 10 * log10(energy / (double)bins) - 20 * log10(PEAKS_FULL),
                                .seconds = (double)file->frames / file->rate};
    return true;
}

/* "-3.0", or "silence". */
static void fmt_level(struct strbuf *out, double db, const char *unit)
{
    if (db <= WORK_LEVEL_NONE)
        strbuf_adds(out, "silence");
    else
        strbuf_addf(out, "%.1f %s", db, unit);
}

static void print_text(const struct survey_item *item, const struct peakfile *file, const struct summary *summary)
{
    struct strbuf line = {0};
    strbuf_addf(&line, "%s: %.3f s, %u channel%s, %lld bins, peak ", item->path, summary->seconds, file->channels,
                file->channels == 1 ? "" : "s", (long long)file->bins[0]);
    fmt_level(&line, summary->highest_db, "dBFS");
    strbuf_adds(&line, ", rms ");
    fmt_level(&line, summary->rms_db, "dBFS");
    if (item->found.kinds & MEASURE_LOUDNESS) {
        strbuf_adds(&line, ", loudness ");
        fmt_level(&line, item->found.loudness.integrated, "LUFS");
        strbuf_addf(&line, ", range %.1f LU, momentary ", item->found.loudness.range);
        fmt_level(&line, item->found.loudness.momentary_max, "LUFS");
        strbuf_adds(&line, ", true peak ");
        fmt_level(&line, item->found.loudness.true_peak, "dBTP");
    }
    strbuf_adds(&line, item->found.kinds & MEASURE_PEAKS ? "" : " (kept)");
    front_print(stdout, line.s, false);
    strbuf_clear(&line);
}

static void json_level(struct strbuf *out, const char *name, double db)
{
    if (db <= WORK_LEVEL_NONE)
        strbuf_addf(out, ",\"%s\":null", name);
    else
        strbuf_addf(out, ",\"%s\":%.2f", name, db);
}

static void print_json(const struct survey_item *item, const struct peakfile *file, const struct summary *summary,
                       const char *error)
{
    struct strbuf out = {0};
    strbuf_adds(&out, "{\"file\":");
    text_fmt_json(&out, item->path);
    if (error) {
        strbuf_adds(&out, ",\"error\":");
        text_fmt_json(&out, error);
    } else {
        strbuf_addf(&out,
                    ",\"rate\":%u,\"channels\":%u,\"frames\":%lld,\"seconds\":%.6f,\"bins\":%lld,\"bin_frames\":%d,\"kept\":%s",
                    file->rate, file->channels, (long long)file->frames, summary->seconds, (long long)file->bins[0],
                    PEAKS_BIN_FRAMES, item->found.kinds & MEASURE_PEAKS ? "false" : "true");
        json_level(&out, "peak_dbfs", summary->highest_db);
        json_level(&out, "rms_dbfs", summary->rms_db);
    }
    if (!error && item->found.kinds & MEASURE_LOUDNESS) {
        json_level(&out, "integrated_lufs", item->found.loudness.integrated);
        json_level(&out, "momentary_max_lufs", item->found.loudness.momentary_max);
        json_level(&out, "true_peak_dbtp", item->found.loudness.true_peak);
        strbuf_addf(&out, ",\"range_lu\":%.2f", item->found.loudness.range);
    }
    strbuf_adds(&out, "}\n");
    fputs(out.s, stdout);
    strbuf_clear(&out);
}

/* Return: 1 if it has no peaks. */
static int report_item(const struct survey_item *item, const char *folder, bool json)
{
    struct peakfile file;
    struct summary summary;
    struct err err = {0};
    if (!item->kept)
        err_set(&err, ERR_IO, "%s: %s", item->path, item->text);
    else if (summarise(item, folder, &file, &summary, &err)) {
        if (json)
            print_json(item, &file, &summary, NULL);
        else
            print_text(item, &file, &summary);
        peakfile_clear(&file);
        return 0;
    }
    if (json)
        print_json(item, NULL, NULL, err.text);
    else
        front_fail(1, "%s", err.text);
    return 1;
}

static int take_words(struct survey *survey, const struct args *args)
{
    int status = 0;
    for (int i = 0; i < args->words; i++) {
        struct err err;
        if (!is_session(args->word[i]))
            survey_add(survey, args->word[i]);
        else if (add_session(survey, args->word[i], &err) < 0)
            status = front_fail(1, "%s", err.text);
    }
    return status;
}

int peaks_main(const struct args *args)
{
    char folder[PATH_MAX];
    struct survey survey;
    struct err err;
    struct teller teller = {0};
    struct progress progress = {.told = tell, .context = &teller};
    if (args->loudness && !loudness_available())
        return front_fail(1, "--loudness: this build measures no loudness (libebur128 was not there)");
    if (peakfile_folder(folder, sizeof folder, &err) < 0)
        return front_fail(1, "%s", err.text);
    survey_init(&survey);
    int status = take_words(&survey, args);
    unsigned kinds = MEASURE_PEAKS | (args->loudness ? MEASURE_LOUDNESS : 0u);
    if (survey_run(&survey, kinds, &progress, &err) < 0)
        status = front_fail(1, "%s", err.text);
    if (teller.shown)
        fputs("\r\033[K", stderr);
    for (size_t i = 0; i < survey.count; i++)
        if (survey.item[i].absolute)
            status |= report_item(&survey.item[i], folder, args->json);
    survey_clear(&survey);
    return status;
}
