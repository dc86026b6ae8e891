/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo's session file, as text (CONTRACT 5): three tabs, four groups, a clip for every sound and a few more. */
#ifndef PROCESS_DEMOSHOW_H
#define PROCESS_DEMOSHOW_H

struct strbuf;

void demo_show_fmt(struct strbuf *out);
int demo_show_clips(void);

#endif
