/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An empty folder for a test or a group of tests: cmocka set-up and tear-down, and small files in it. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <stddef.h>

/* Goes into a new folder below /tmp, *state is its path; the other removes it with all that is in it. */
int folder_enter(void **state);
int folder_leave(void **state);

/* These fail the test that is running. */
void folder_write(const char *path, const char *text);
void folder_write_bytes(const char *path, const void *bytes, size_t count);
void folder_holds(const char *path, const char *text);

#endif
