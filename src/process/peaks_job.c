/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peaks: the waveforms of a show's media, made now rather than when the machine has time (SPEC D7). */
#include "config.h"

#include "process/library.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "library/survey.h"

#include <stdlib.h>
#include <string.h>

void library_add_media(const struct library *library, const struct show_clip *clip, struct survey *survey)
{
    char *path = *clip->file == '/' ? xstrdup(clip->file) : xasprintf("%s/%s", library->media, clip->file);
    survey_add(survey, path);
    free(path);
}

static int add_all(const struct library *library, const struct library_request *request, struct survey *survey, struct err *err)
{
    bool all = request->words == 0 || !strcmp(request->word[0], "all");
    int one = all ? -1 : show_slot_by_id(library->show, request->word[0]);
    if (!all && one < 0)
        return err_set(err, ERR_UNKNOWN, "peaks: the clip %s has gone", request->word[0]);
    for (int slot = 0; slot < show_slots(library->show); slot++) {
        const struct show_clip *clip = show_clip(library->show, slot);
        if (clip && (all || slot == one))
            library_add_media(library, clip, survey);
    }
    return 0;
}

/* "3 files, 2 measured now, 1 without: rain.wav: no such file" */
static void write_answer(const struct survey *survey, struct strbuf *answer)
{
    size_t now = 0, without = 0;
    const struct survey_item *first = NULL;
    for (size_t i = 0; i < survey->count; i++) {
        const struct survey_item *item = &survey->item[i];
        now += (item->found.kinds & MEASURE_PEAKS) != 0;
        without += !item->kept;
        if (!item->kept && !first)
            first = item;
    }
    library_fmt_count(answer, survey->count, "file");
    strbuf_addf(answer, ", %zu measured now", now);
    if (first)
        strbuf_addf(answer, ", %zu without peaks: %s: %s", without, first->path, first->text);
}

int library_peaks(struct library *library, const struct library_request *request, struct err *err)
{
    struct survey survey;
    survey_init(&survey);
    int result = add_all(library, request, &survey, err);
    if (!result)
        result = survey_run(&survey, MEASURE_PEAKS, &library->progress, err);
    if (!result)
        write_answer(&survey, &library->answer);
    survey_clear(&survey);
    return result;
}
