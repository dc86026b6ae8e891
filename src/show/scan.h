/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the values of properties that are lists, in the form of the session file or as people type it. Pure. */
#ifndef SHOW_SCAN_H
#define SHOW_SCAN_H

#include <stdbool.h>

struct scan {
    const char *p;                      /* what is left to be read */
};

/* Passes over blanks, and then over this character if it stands there. Return: whether it did. */
bool scan_take(struct scan *scan, char c);
bool scan_at_end(struct scan *scan);    /* nothing but blanks is left */
/* A quoted text, or everything up to one of `ends`, without the blanks around. Return: owned, or NULL if a quote stays open. */
char *scan_text(struct scan *scan, const char *ends);
/* This key and the = or : after it. Return: whether they stood there; if not, nothing is passed over but blanks. */
bool scan_key(struct scan *scan, const char *key);

#endif
