/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batteries and heat (SPEC S10), told from made-up sysfs trees; nodes; and that processors are kept from deep sleep. */
#include "config.h"

#include "../folder.h"

#include "platform/awake.h"
#include "platform/node.h"
#include "platform/power.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* Writes a file of the made-up tree, which is the folder of the test. */
static void put(const char *path, const char *text)
{
    char folder[200];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
    folder_write(path, text);
}

static struct power look(struct power_meter *meter)
{
    struct power power;
    power_look(meter, ".", &power);
    return power;
}

static void a_machine_without_any_of_it_is_well(void **state)
{
    (void)state;
    struct power_meter meter = {0};
    struct power power = look(&meter);
    assert_int_equal(power.battery_percent, -1);
    assert_false(power.discharging || power.throttled);
}

static void batteries_are_those_of_the_machine(void **state)
{
    (void)state;
    struct power_meter meter = {0};
    put("class/power_supply/AC/type", "Mains\n");
    put("class/power_supply/AC/online", "0\n");
    put("class/power_supply/mouse/type", "Battery\n");
    put("class/power_supply/mouse/scope", "Device\n");
    put("class/power_supply/mouse/status", "Discharging\n");
    put("class/power_supply/mouse/capacity", "3\n");
    assert_int_equal(look(&meter).battery_percent, -1);
    assert_false(look(&meter).discharging);
    put("class/power_supply/BAT0/type", "Battery\n");
    put("class/power_supply/BAT0/status", "Discharging\n");
    put("class/power_supply/BAT0/capacity", "20\n");
    put("class/power_supply/BAT1/type", "Battery\n");
    put("class/power_supply/BAT1/status", "Unknown\n");
    put("class/power_supply/BAT1/capacity", "90\n");
    assert_int_equal(look(&meter).battery_percent, 55);
    assert_true(look(&meter).discharging);
    put("class/power_supply/BAT0/status", "Charging\n");
    assert_false(look(&meter).discharging);
    put("class/power_supply/BAT1/capacity", "1000\n");
    assert_int_equal(look(&meter).battery_percent, 60);
}

static void cooling_that_slows_processors_is_throttling(void **state)
{
    (void)state;
    struct power_meter meter = {0};
    put("class/thermal/cooling_device0/type", "Fan\n");
    put("class/thermal/cooling_device0/cur_state", "3\n");
    put("class/thermal/cooling_device1/type", "Processor\n");
    put("class/thermal/cooling_device1/cur_state", "0\n");
    put("class/thermal/cooling_device2/type", "intel_powerclamp\n");
    put("class/thermal/cooling_device2/cur_state", "-1\n");
    put("class/thermal/thermal_zone0/temp", "99000\n");
    assert_false(look(&meter).throttled);
    put("class/thermal/cooling_device1/cur_state", "2\n");
    assert_true(look(&meter).throttled);
    put("class/thermal/cooling_device1/cur_state", "0\n");
    put("class/thermal/cooling_device3/type", "cpufreq-cpu0\n");
    put("class/thermal/cooling_device3/cur_state", "1\n");
    assert_true(look(&meter).throttled);
}

static void throttling_between_two_looks_is_seen(void **state)
{
    (void)state;
    struct power_meter meter = {0};
    put("devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "7\n");
    put("devices/system/cpu/cpu1/thermal_throttle/package_throttle_count", "70\n");
    put("devices/system/cpu/cpufreq/thermal_throttle/core_throttle_count", "1\n");
    assert_false(look(&meter).throttled);       /* it was before anybody looked */
    assert_false(look(&meter).throttled);
    put("devices/system/cpu/cpu1/thermal_throttle/package_throttle_count", "71\n");
    assert_true(look(&meter).throttled);
    assert_false(look(&meter).throttled);
}

static void the_firmware_of_a_raspberry_pi_is_heard(void **state)
{
    (void)state;
    struct power_meter meter = {0};
    put("devices/platform/soc/soc:firmware/get_throttled", "50000\n");     /* it was, since it was switched on */
    assert_false(look(&meter).throttled);
    put("devices/platform/soc/soc:firmware/get_throttled", "50005\n");
    assert_true(look(&meter).throttled);
}

/* In a process of its own: what it settles for stays. Return: how many processors it keeps to, 100 more if it settled. */
static int settle(void)
{
    pid_t child = fork();
    int status;
    if (child == 0) {
        cpu_set_t set;
        int node = node_settle("."), here = sched_getcpu();
        sched_getaffinity(0, sizeof set, &set);
        _exit(!CPU_ISSET(here, &set) ? 99 : CPU_COUNT(&set) + (node >= 0 ? 100 : 0));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
}

static void a_process_keeps_to_its_node(void **state)
{
    (void)state;
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    int all = CPU_COUNT(&set), first = 0;
    assert_int_equal(settle(), all);            /* no nodes */
    put("devices/system/node/node0/cpulist", "0-1023\n");
    assert_int_equal(settle(), all);            /* one */
    if (all < 2)
        return;
    while (!CPU_ISSET(first, &set))
        first++;
    char low[40], high[80];
    snprintf(low, sizeof low, "0-%d\n", first);
    snprintf(high, sizeof high, "%d,%d-1023\n", first + 1, first + 2);
    put("devices/system/node/node0/cpulist", low);
    put("devices/system/node/node1/cpulist", high);
    int kept = settle();
    assert_true(kept == 101 || kept == 100 + all - 1);
}

/* What the kernel grants all who asked, in microseconds; -1 if it does not tell. */
static int32_t processors_us(void)
{
    int32_t us = -1;
    int latency = open("/dev/cpu_dma_latency", O_RDONLY | O_CLOEXEC);
    if (latency >= 0 && read(latency, &us, sizeof us) != sizeof us)
        us = -1;
    close(latency);
    return us;
}

static void processors_are_kept_from_deep_sleep(void **state)
{
    (void)state;
    if (processors_us() < 0)
        skip();
    assert_true(awake_hold_processors());
    assert_in_range(processors_us(), 0, AWAKE_PROCESSORS_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_machine_without_any_of_it_is_well, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(batteries_are_those_of_the_machine, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(cooling_that_slows_processors_is_throttling, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(throttling_between_two_looks_is_seen, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(the_firmware_of_a_raspberry_pi_is_heard, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(a_process_keeps_to_its_node, folder_enter, folder_leave),
        cmocka_unit_test(processors_are_kept_from_deep_sleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
