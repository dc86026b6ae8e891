/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the units of the workers' messages to those of the catalogue's rows: see measured.h. */
#include "config.h"

#include "library/measured.h"

#include "library/background.h"
#include "library/catalog.h"
#include "library/peakfile.h"
#include "platform/clock.h"
#include "wire/seek_table.h"

#include <math.h>

static double level(double db)
{
    return db <= WORK_LEVEL_NONE ? -HUGE_VAL : db;
}

void measured_keep(struct catalog *catalog, const struct background_result *result)
{
    const struct measures *found = result->found;
    struct catalog_measure row = {.measured_at_ns = clock_wall_ns()};
    if (result->tags)
        catalog_put_media_tags(catalog, result->path, &found->stamp, result->tags);
    if (result->table)
        catalog_put_seek_table(catalog, result->path, &found->stamp, result->table, seek_table_bytes(result->table));
    if (!(found->kinds & ~(unsigned)(MEASURE_TAGS | MEASURE_TABLE)))
        return;
    if (found->kinds & MEASURE_HASH) {
        row.hash_bytes = MEASURED_HASH_BYTES;
        for (int i = 0; i < MEASURED_HASH_BYTES; i++)
            row.hash[i] = (uint8_t)(found->hash >> (8 * (MEASURED_HASH_BYTES - 1 - i)));
    }
    if (found->kinds & MEASURE_LOUDNESS) {
        row.loud = true;
        row.integrated_lufs = level(found->loudness.integrated);
        row.momentary_lufs = level(found->loudness.momentary_max);
        row.true_peak_db = level(found->loudness.true_peak);
        row.range_lu = found->loudness.range;
    }
    if (result->peaks_kept)
        peakfile_name(result->path, row.peaks);
    catalog_put_measure(catalog, result->path, &found->stamp, &row);
}
