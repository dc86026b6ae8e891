/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state segment: everything a screen sees, in one memfd the engine writes and clients map
 * read-only. Fixed layout, fixed size. Each writer has its own seqlock:
 *
 *   live    the audio thread, every period: voices, busses, clock, load
 *   inputs  the capture thread: levels of what is recorded
 *   ltc     the timing thread: health of the timecode input
 *   desk    the engine's main thread, when it changes: device, session, lock, notices, tabs, groups
 *   cells   the engine's main thread, one seqlock a clip slot: what stands in the grid
 *
 * A new engine life makes a new segment with the next generation. Text is UTF-8, NUL-terminated,
 * cut at a character; it has no control characters (they are replaced by U+FFFD when published).
 */
#ifndef WIRE_STATE_H
#define WIRE_STATE_H

#include "rt/seqlock.h"

#include <stdint.h>

enum {
    STATE_MAGIC = 0x43475335,           /* "CGS5": change with the layout */
    STATE_TABS = 8,
    STATE_ROWS = 32,
    STATE_COLUMNS = 40,
    STATE_CLIPS = STATE_TABS * STATE_ROWS * STATE_COLUMNS,     /* 10,240 */
    STATE_CELL_FILE = STATE_CLIPS,      /* no cell of the grid: the file that is auditioned before it is loaded */
    STATE_CELLS = STATE_CLIPS + 1,
    STATE_BUSSES = 5,                   /* A B C D Audition */
    STATE_GROUPS = 4,
    STATE_INPUTS = 2,                   /* Record A, Record B */
    STATE_VOICES = 49,                  /* 48 mono halves of the main pool + Audition */
    STATE_NOTICES = 32,
    STATE_NO_CLIP = 0xffff,
};

enum state_voice_kind {                 /* the words of `status`, in this order */
    STATE_VOICE_FREE, STATE_VOICE_QUEUED, STATE_VOICE_PLAYING, STATE_VOICE_STOPPING, STATE_VOICE_LOOPING,
    STATE_VOICE_PAUSED, STATE_VOICE_AUDITIONING, STATE_VOICE_RECORDING,
};

struct state_voice {                    /* one sounding instance; ghosts are not shown */
    uint16_t clip;                      /* index into cells; STATE_NO_CLIP: free */
    uint8_t kind;                       /* enum state_voice_kind */
    uint8_t bus;                        /* 0-4 */
    uint32_t pass;                      /* loop pass, from 1 */
    uint64_t serial;                    /* grows with every start: order of firing, identity of a voice */
    uint64_t start_frame;               /* engine frame of its first sample */
    int64_t position_frames;            /* frame of the file; queued: at which it was told to begin, or 0 */
    int64_t elapsed_ns;                 /* heard since its start */
    int64_t remaining_ns;               /* to its natural end; -1: loops for ever */
    int32_t gain_mdb;                   /* clip gain and live fade, 1/1000 dB; INT32_MIN: -inf */
    uint32_t progress;                  /* of the present pass, 0-65535 */
    uint32_t load_ppm;                  /* of a period that its mixing takes, smoothed; 1e6 = all */
    uint32_t memory_kb;                 /* of clip memory that its medium holds now; voices of one medium share it */
    int32_t fade_mdb;                   /* where its live fade stands or goes, 1/1000 dB; INT32_MIN: to -inf, which ends it */
    uint32_t pad;
};

struct state_bus {                      /* after gain, mute, solo, mono and limiter */
    float peak_lin;                     /* meter ballistics: instant up, 20 dB/s down */
    float true_peak_lin;                /* ITU-R BS.1770, with the same ballistics */
    float rms_lin;                      /* 300 ms window */
    float momentary_lin, short_term_lin;        /* loudness: 20 log10 of it is LUFS */
    float gain_lin;                     /* bus gain in force, without mute */
    uint32_t over;                      /* samples past full scale since the engine began */
    uint8_t mute, solo, mono, limiter;
};

enum state_cause { STATE_CAUSE_HAND, STATE_CAUSE_DEVICE, STATE_CAUSE_XRUNS, STATE_CAUSE_FAULT };
enum { STATE_EMERGENCIES = 4, STATE_PHASES = 4 };

struct state_emergency {                /* engine/emergency.h tells what the phases are */
    uint32_t number;                    /* from 1; 0: none */
    uint8_t cause;                      /* enum state_cause */
    uint8_t busses;                     /* bit a bus: muted for it */
    uint8_t phases;                     /* reached so far */
    uint8_t told;                       /* to main */
    uint64_t frame[STATE_PHASES];       /* engine frame at which each was reached */
    uint64_t time_ns[STATE_PHASES];     /* CLOCK_MONOTONIC when it was */
};

struct state_live {                     /* writer: audio thread, once a period */
    uint64_t frame;                     /* engine frames since its start: the clock of the show */
    uint64_t time_ns;                   /* CLOCK_MONOTONIC when `frame` is due: the next to be made */
    uint32_t load_ppm;                  /* DSP time / period time, one-second peak-ish mean, 1e6 = all */
    uint32_t median_ppm, worst_ppm;     /* the same share, of the last whole half second */
    uint32_t voices_used;               /* half slots in use of the main pool, 0-48 */
    uint32_t xruns;
    uint32_t late;                      /* periods that took longer than a period */
    uint32_t starts_late;               /* starts that had to wait for their first samples */
    uint32_t over;                      /* samples clamped on the device's channels; without a card, past full scale on busses */
    uint32_t dry;                       /* times that a voice fell silent because its samples were not there */
    uint32_t emergency;                 /* 1: everything is held */
    uint32_t latency_frames;            /* by which all busses are heard late, at the device's rate */
    struct state_voice voice[STATE_VOICES];
    struct state_bus bus[STATE_BUSSES];
    struct state_emergency raised[STATE_EMERGENCIES];   /* the last ones: number n at (n - 1) % STATE_EMERGENCIES */
    uint32_t emergencies, spare;        /* number of the last one */
};

/* How great the load is, and what yields to it, in this order (SPEC S4): the desk says how many of them do. */
enum state_load { STATE_LOAD_NORMAL, STATE_LOAD_WARN, STATE_LOAD_CRITICAL };
enum state_yield {
    STATE_YIELD_PREDICTION,             /* media are not loaded ahead, nor measured: heads and what voices need are */
    STATE_YIELD_SCREENS,                /* screens draw ten times a second */
    STATE_YIELD_PREVIEW,                /* nothing new is auditioned */
    STATE_YIELD_VOICES,                 /* nothing new starts, but what takes the place of a voice */
    STATE_YIELDS,
};

struct state_input {                    /* one of Record A and B */
    float peak_lin;                     /* ballistics as those of a bus */
    float rms_lin;
    uint32_t over;                      /* samples at full scale or past it since the engine began */
    uint32_t wanted;                    /* 0: it has no channels */
};

struct state_inputs {                   /* writer: capture thread, with every batch of frames */
    uint64_t frame;                     /* of the inputs' past (wire/inputs.h): the next to come, */
    uint64_t time_ns;                   /* at this CLOCK_MONOTONIC */
    uint64_t lost;                      /* frames that were not heard since the engine began: silence stands for them */
    uint32_t rate, xruns;               /* Hz, 0: no device; times that the card overran */
    struct state_input input[STATE_INPUTS];
};

struct state_ltc {                      /* writer: timing thread, some hundred times a second */
    uint64_t frames;                    /* that came, */
    uint64_t lost;                      /* and that the thread was too late for */
    float peak_lin;                     /* ballistics as those of a bus */
    uint32_t wanted;                    /* 0: it has no channel */
    uint32_t present;                   /* a signal is there: above -46 dBFS within the last 40 ms */
    uint32_t dropouts;                  /* times that it went away */
};

enum state_take { STATE_TAKE_NONE, STATE_TAKE_ARMED, STATE_TAKE_RUNNING };
struct state_record {                   /* what an input is recorded into */
    uint16_t clip;                      /* index into cells; STATE_NO_CLIP: none of the grid (yet) */
    uint8_t take;                       /* enum state_take */
    uint8_t tab, row, column;           /* ARMED: the place, from 0 */
    uint8_t pad[2];
    uint64_t first_frame;               /* of the inputs' past */
};

/* SILENT: the clock stands in for a lost or missing card. */
enum state_device { STATE_DEVICE_NONE, STATE_DEVICE_RUNNING, STATE_DEVICE_SILENT };

struct state_notice {
    uint64_t number;                    /* from 1; 0: none */
    int64_t wall_ns;                    /* CLOCK_REALTIME */
    uint8_t refusal, error, pad[6];     /* flags: a refusal stays until read */
    char text[488];
};

struct state_group {
    char name[32], color[16];
    uint8_t choke, mute, solo, pad;
    int32_t gain_mdb;
};

struct state_tab {
    char name[64];
    uint16_t rows, columns;             /* 0 rows: the tab does not exist */
};

enum { STATE_POWER_BATTERY = 1 /* it is used up */, STATE_POWER_THROTTLED = 2 /* the processors are */ };

struct state_desk {                     /* writer: engine main */
    char session[256];                  /* path of the file, "" while unnamed */
    char name[64];                      /* of the show */
    uint8_t dirty, locked, device_state /* enum state_device */, pad;
    uint8_t follow_tab;                 /* tab (1-8) that following screens shall show, with follow_serial */
    uint8_t left, right, dual;
    uint8_t load, yields;               /* enum state_load; the first so many of enum state_yield */
    uint8_t sound_percent, system_percent;      /* the load, as looked at last while it is not normal */
    uint8_t power;                      /* flags STATE_POWER_... */
    uint8_t battery_percent;            /* with STATE_POWER_BATTERY; over 100: not known */
    uint8_t page_dual, page_left, page_right;   /* what following screens shall show, with page_serial; a tab 0: what they have */
    uint32_t page_serial;               /* grows with every `page` by ctl, and with another show */
    uint32_t follow_serial;             /* grows with every `tab N` by ctl */
    uint32_t detach_serial;             /* grows with every `detach` by ctl: following screens leave */
    char device[64];                    /* name as asked for */
    char device_note[160];              /* "", or why it is silent and what mends it */
    char realtime_note[160];            /* "", or why there is no realtime priority and what mends it */
    uint32_t rate, period, periods, channels;
    uint32_t clips;                     /* clips in the show */
    uint32_t loading;                   /* clips whose media is still being loaded */
    struct state_group group[STATE_GROUPS];
    struct state_tab tab[STATE_TABS];
    struct state_record record[STATE_INPUTS];
    char capture[64];                   /* name of the capture device, "" none is wanted */
    char capture_note[160];             /* "", or why it is not there */
    uint64_t notices;                   /* number of the newest notice */
    struct state_notice notice[STATE_NOTICES];  /* newest is at (number - 1) % STATE_NOTICES */
};

enum state_media { STATE_MEDIA_NONE, STATE_MEDIA_LOADING, STATE_MEDIA_READY, STATE_MEDIA_MISSING, STATE_MEDIA_BROKEN,
                   STATE_MEDIA_COLD };
enum { STATE_CELL_LOOP = 1, STATE_CELL_STEREO = 2, STATE_CELL_CHOKE = 4, STATE_CELL_GATE = 8, STATE_CELL_PINNED = 16 };

struct state_cell {                     /* writer: engine main */
    uint8_t tab, row, column;           /* from 0; valid if used */
    uint8_t used;                       /* 0: this clip slot is empty, or it is STATE_CELL_FILE, which stands nowhere */
    uint8_t rows, columns;              /* span */
    uint8_t group;                      /* 0-3 */
    uint8_t media;                      /* enum state_media */
    uint32_t flags;                     /* STATE_CELL_* */
    uint32_t file_rate;                 /* Hz; 0 while unknown */
    int64_t length_frames;              /* OUT - IN, frames of the file; 0 while unknown */
    int64_t in_frames;
    float fade_in_s, fade_out_s;        /* in force, after group and show defaults */
    float gain_db, pan;
    char id[64], name[64], hotkey[8], color[16], press[8], mode[8];
    char notes[120];
    char media_note[120];               /* why it is missing or broken */
};

struct state_segment {
    uint32_t magic;                     /* STATE_MAGIC */
    uint32_t bytes;                     /* sizeof this */
    uint64_t generation;                /* engine lives of this show, from 1 */
    uint32_t engine_pid, pad;
    _Alignas(RT_CACHELINE) struct seqlock live_lock;
    _Alignas(RT_CACHELINE) struct seqlock desk_lock;
    _Alignas(RT_CACHELINE) struct seqlock inputs_lock;
    _Alignas(RT_CACHELINE) struct seqlock ltc_lock;
    _Alignas(RT_CACHELINE) _Atomic uint32_t cells_revision;    /* grows with every cell written */
    struct seqlock cell_lock[STATE_CELLS];
    _Alignas(RT_CACHELINE) struct state_live live;
    _Alignas(RT_CACHELINE) struct state_inputs inputs;
    _Alignas(RT_CACHELINE) struct state_ltc ltc;
    _Alignas(RT_CACHELINE) struct state_desk desk;
    _Alignas(RT_CACHELINE) struct state_cell cell[STATE_CELLS];
};

/* Writer (engine). Return: a memfd, or -1 with errno; *mapped is writable. The caller hands the
 * descriptor on, which is sealed: SHRINK, GROW, FUTURE_WRITE and SEAL. */
int state_create(struct state_segment **mapped, uint64_t generation);
/* Reader. Return: a read-only map, or NULL with errno (EPROTO: not our layout). */
const struct state_segment *state_map(int fd);
void state_unmap(const struct state_segment *segment);
/* The word of `status` for a kind: "playing", ... */
const char *state_voice_word(enum state_voice_kind kind);
const char *state_load_word(enum state_load load);              /* "normal", "warn", "critical" */
const char *state_yield_word(enum state_yield yield);           /* "prediction", ... */
const char *state_yield_words(enum state_yield yield);          /* what it means: "loading ahead waits", ... */
/* "by hand", "device lost", "xruns", "engine fault". */
const char *state_cause_word(enum state_cause cause);

#endif
