/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process wrote down as it died, as text for who mends it: see crash.h. */
#include "config.h"

#include "platform/crash.h"
#include "base/strbuf.h"

#include <inttypes.h>
#include <stddef.h>

/* In the order of enum REG_R8... of ucontext.h; of AArch64: x0 to x30 and what note_registers() puts behind them. */
static const char *const names[] = {
#if defined(__x86_64__)
    "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rdi", "rsi", "rbp", "rbx", "rdx", "rax", "rcx", "rsp", "rip", "efl",
    "csgsfs", "err", "trapno", "oldmask", "cr2",
#elif defined(__aarch64__)
    "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18",
    "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp", "pc", "pstate",
#else
    NULL,
#endif
};

static void fmt_registers(const struct crash_record *record, struct strbuf *out)
{
    size_t count = sizeof names / sizeof *names;
    for (size_t i = 0; i < count && names[i]; i++)
        strbuf_addf(out, "%-7s 0x%016" PRIx64 "%s", names[i], record->registers[i], i % 4 == 3 || i + 1 == count ? "\n" : "  ");
}

/* Words that may be places to return to: a call graph, with some that are none. */
static void fmt_stack(const struct crash_record *record, struct strbuf *out)
{
    for (size_t i = 0; i < CRASH_STACK; i++)
        if (record->stack[i] >= record->code_begin && record->stack[i] < record->code_end)
            strbuf_addf(out, "sp+0x%03zx clipgrid+0x%" PRIx64 "\n", i * sizeof *record->stack,
                        record->stack[i] - record->code_begin);
}

void crash_fmt_report(const struct crash_record *record, struct strbuf *out)
{
    char text[100];
    crash_fmt(record, text, sizeof text);
    strbuf_addf(out, "%s %s: process %" PRId32 ", %s\ncode %" PRId32 ", address 0x%" PRIx64 "%s\n\n", PACKAGE_NAME, PACKAGE_VERSION,
                record->pid, text, record->code, record->address, record->audio ? ", while it made sound" : "");
    if (record->left_ns > record->entered_ns)
        strbuf_addf(out, "from the signal to the end: %.3f ms\n\n", (double)(record->left_ns - record->entered_ns) / 1e6);
    fmt_registers(record, out);
    strbuf_addc(out, '\n');
    fmt_stack(record, out);
    strbuf_addc(out, '\n');
    strbuf_add(out, record->maps, record->maps_bytes < CRASH_MAPS ? record->maps_bytes : CRASH_MAPS);
}
