/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An empty folder for tests: see folder.h. */
#include "config.h"

#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[32];

int folder_enter(void **state)
{
    strcpy(folder, "/tmp/clipgrid-test-XXXXXX");
    *state = folder;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

int folder_leave(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

void folder_write_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

void folder_write(const char *path, const char *text)
{
    folder_write_bytes(path, text, strlen(text));
}

void folder_holds(const char *path, const char *text)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *got = calloc(1, strlen(text) + 2);
    assert_true(fread(got, 1, strlen(text) + 1, file) <= strlen(text));
    assert_string_equal(got, text);
    free(got);
    fclose(file);
}
