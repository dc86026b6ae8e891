/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine's side of the flight recorder (wire/flight.h): what came in, when the audio thread did it, what became of it.
 * A stage without a recorder (render) records nothing. Thread: engine main.
 */
#ifndef PROCESS_BLACKBOX_H
#define PROCESS_BLACKBOX_H

#include "process/stage.h"

enum { BLACKBOX_PATIENCE_S = 5 };

/* fd: the ring of the engine before, this one's from now on; -1: none. It is for the store, which may not have read it to its end. */
void blackbox_inherit(struct stage *stage, int fd);
/* Makes the ring, once there is sound, or goes without if there is no memory for it. goes_on: the engine took another's place; NULL:
 * it did not. */
void blackbox_open(struct stage *stage, const struct flight_goes_on *goes_on);
/* These operations were the other's to do, and have not been posted here yet. */
void blackbox_owed(struct stage *stage, const struct flight_owed *owed, unsigned count);
/* document_fd: the show as the store gave it (MSG_SHOW), the caller's; -1: none. */
void blackbox_begin(struct stage *stage, int document_fd);
void blackbox_end(struct stage *stage);
/* Another store: it gets the ring, and the document if the one before it was not given it. */
void blackbox_join(struct stage *stage);
/* Another show takes this one's place: the recording begins anew. document_fd as blackbox_begin(). */
void blackbox_other_show(struct stage *stage, int document_fd);
/* The recording begins anew from the document, at the next moment of silence; if there is none within BLACKBOX_PATIENCE_S, as one
 * that goes on from what has been recorded. */
void blackbox_renew(struct stage *stage);
void blackbox_turn(struct stage *stage);        /* once a loop */

/* A line was accepted; its operations have the serials after `before` up to the stage's last one. */
void blackbox_line(struct stage *stage, const char *line, uint32_t before, unsigned source);
/* An edit that no command line made: a line of the journal (process/replay.h). what: it in words. before: as above. */
void blackbox_edit(struct stage *stage, const char *what, const char *line, uint32_t before);
void blackbox_done(struct stage *stage, const struct event *event);        /* an EVENT_RESULT */
void blackbox_text(struct stage *stage, enum flight_kind kind, uint64_t frame, const char *text);
void blackbox_device(struct stage *stage, const struct audio_status *now);      /* it changed */
uint64_t blackbox_frame(const struct stage *stage);     /* of the engine's clock, about now */

#endif
