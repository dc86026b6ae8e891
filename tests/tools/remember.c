/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remember FILE...: what a show that had the time would have kept of media files in the catalogue: their content's hash. */
#include "config.h"

#include "library/catalog.h"
#include "library/copy.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int remember(struct catalog *catalog, const char *file)
{
    char path[PATH_MAX];
    struct stat st;
    struct catalog_measure measure = {.hash_bytes = sizeof(uint64_t), .measured_at_ns = 1};
    uint64_t hash, bytes;
    int fd = open(file, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0 || !realpath(file, path) || copy_hash(fd, &hash, &bytes, NULL) < 0)
        return -1;
    for (int i = 0; i < 8; i++)
        measure.hash[i] = (uint8_t)(hash >> (8 * (7 - i)));
    struct catalog_stamp stamp = catalog_stamp_of(&st);
    catalog_put_measure(catalog, path, &stamp, &measure);
    return 0;
}

int main(int argc, char **argv)
{
    struct catalog *catalog = catalog_open(NULL);
    int status = 0;
    for (int i = 1; i < argc; i++)
        if (remember(catalog, argv[i]) < 0) {
            perror(argv[i]);
            status = 1;
        }
    if (!catalog_flush(catalog, 10000))
        status = 1;
    catalog_close(catalog);
    return status;
}
