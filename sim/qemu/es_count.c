/* QEMU plugin: the instructions that a program executes between two of its functions.
 *
 *   -plugin es_count.so,begin=ADDRESS,end=ADDRESS,table=FILE,out=FILE
 *
 * An interval lasts from the call of the function at `begin` to the call of the one at `end`.
 * table: for each instruction of the program, in order of addresses, four uint32: its address; 1 if it counts or 0 if
 * not (the harness's own); its weight (a cycle estimate; 0 if there is none); and its owner, 0 to OWNERS - 1, or NO_OWNER.
 * An interval begins with owner 0. What is executed is charged to owner 0 until a block starts with another's
 * instruction, and to that one until a block starts with one of owner 0: whatever an owner calls is charged to it.
 * out: uint64, in order: intervals; instructions in all and the most in an interval; weight in all and the most in
 * an interval; instructions that the table does not list; markers out of turn; then the instructions and the weight
 * charged to each of OWNERS owners; then, for each line of the table, how often it was executed inside the intervals.
 * Numbers are the machine's own.
 *
 * Counting is inline, an addition a translation block; work is done at the markers and at the owners alone. A block is
 * counted when it is entered: inside an interval nothing may leave one in its middle (interrupts, faults, semihosting).
 */
#include "es_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 65536u
#define OWNERS 256u
#define NO_OWNER UINT32_MAX

typedef struct {
    uint32_t address, counted, weight, owner;
} line;

typedef struct {
    uint64_t instructions, weight;
} cost;

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

static const char *out_name;
static uint32_t begin_address, end_address;
static line *lines;
static size_t line_count;

/* Of each translation block: the lines that it executes, [first, first + count), what of them counts, and how often it
 * was executed, since the start and inside the intervals. */
static struct {
    size_t first, count;
    cost own;
} blocks[BLOCKS];
static uint64_t executed[BLOCKS], inside[BLOCKS];
static size_t block_count;

static cost now, start, total, most;
static uint64_t unlisted, unlisted_start, unlisted_inside, intervals, out_of_turn;
static bool measuring;
static cost owned[OWNERS], charged; /* charged: of `now`, what is in `owned` or was before the interval */
static size_t owner;

static void fail(const char *what)
{
    fprintf(stderr, "es_count: %s\n", what);
    exit(1);
}

/* The line of an address; line_count if there is none. */
static size_t find(uint32_t address)
{
    size_t low = 0, high = line_count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (lines[middle].address < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < line_count && lines[low].address == address ? low : line_count;
}

/* Charges the owner with all up to now, but for a last part. */
static void charge(cost last)
{
    const cost until = {now.instructions - last.instructions, now.weight - last.weight};

    owned[owner].instructions += until.instructions - charged.instructions;
    owned[owner].weight += until.weight - charged.weight;
    charged = until;
}

/* At the start of a block whose instruction has an owner; the block itself is in `now` already. */
static void on_owner(unsigned int cpu, void *data)
{
    const size_t block = (size_t)(uintptr_t)data;
    const size_t next = lines[blocks[block].first].owner;

    (void)cpu;
    if (measuring && (owner == 0 || next == 0)) {
        charge(blocks[block].own);
        owner = next;
    }
}

static void on_begin(unsigned int cpu, void *data)
{
    (void)cpu, (void)data;
    out_of_turn += measuring;
    measuring = true;
    start = now;
    charged = now;
    owner = 0;
    unlisted_start = unlisted;
    for (size_t k = 0; k < block_count; k++) {
        inside[k] -= executed[k];
    }
}

static void on_end(unsigned int cpu, void *data)
{
    const cost taken = {now.instructions - start.instructions, now.weight - start.weight};

    (void)cpu, (void)data;
    if (!measuring) {
        out_of_turn++;
        return;
    }
    charge((cost){0, 0});
    measuring = false;
    intervals++;
    total.instructions += taken.instructions;
    total.weight += taken.weight;
    most.instructions = taken.instructions > most.instructions ? taken.instructions : most.instructions;
    most.weight = taken.weight > most.weight ? taken.weight : most.weight;
    unlisted_inside += unlisted - unlisted_start;
    for (size_t k = 0; k < block_count; k++) {
        inside[k] += executed[k];
    }
}

static void count_inline(struct qemu_plugin_tb *tb, uint64_t *counter, uint64_t increment)
{
    if (increment > 0) {
        qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, counter, increment);
    }
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    const size_t size = qemu_plugin_tb_n_insns(tb);
    const size_t block = block_count++;

    (void)id;
    if (block >= BLOCKS) {
        fail("expected at most 65536 translation blocks, found more");
    }
    for (size_t k = 0; k < size; k++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(tb, k);
        const uint32_t address = (uint32_t)qemu_plugin_insn_vaddr(instruction);
        const size_t at = find(address);

        if (address == begin_address || address == end_address) {
            qemu_plugin_register_vcpu_insn_exec_cb(
                instruction, address == begin_address ? on_begin : on_end, QEMU_PLUGIN_CB_NO_REGS, NULL);
        }
        if (at == line_count) {
            count_inline(tb, &unlisted, 1);
            continue;
        }
        if (k == 0 && lines[at].owner != NO_OWNER) {
            qemu_plugin_register_vcpu_insn_exec_cb(
                instruction, on_owner, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)block);
        }
        /* A block is a run of consecutive instructions, and so of lines. */
        blocks[block].first = blocks[block].count == 0 ? at : blocks[block].first;
        if (blocks[block].first + blocks[block].count != at) {
            fail("expected the instructions of a block one after another in the table");
        }
        blocks[block].count++;
        blocks[block].own.instructions += lines[at].counted;
        blocks[block].own.weight += lines[at].counted * lines[at].weight;
    }
    count_inline(tb, &now.instructions, blocks[block].own.instructions);
    count_inline(tb, &now.weight, blocks[block].own.weight);
    count_inline(tb, &executed[block], 1);
}

static void at_exit(qemu_plugin_id_t id, void *data)
{
    const uint64_t head[] = {intervals,       total.instructions, most.instructions, total.weight, most.weight,
                             unlisted_inside, out_of_turn + measuring};
    uint64_t *counts = (uint64_t *)calloc(line_count, sizeof *counts);
    FILE *file = fopen(out_name, "wb");

    (void)id, (void)data;
    if (counts == NULL || file == NULL) {
        fail("cannot write the counts");
    }
    for (size_t k = 0; k < block_count; k++) {
        for (size_t at = blocks[k].first; at < blocks[k].first + blocks[k].count; at++) {
            counts[at] += inside[k];
        }
    }
    if (fwrite(head, sizeof head, 1, file) != 1 || fwrite(owned, sizeof owned, 1, file) != 1 ||
        fwrite(counts, sizeof *counts, line_count, file) != line_count || fclose(file) != 0) {
        fail("cannot write the counts");
    }
}

static void read_table(const char *name)
{
    FILE *file = fopen(name, "rb");
    long bytes;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (bytes = ftell(file)) <= 0) {
        fail("cannot read the table");
    }
    rewind(file);
    line_count = (size_t)bytes / sizeof *lines;
    lines = (line *)malloc(line_count * sizeof *lines);
    if (lines == NULL || fread(lines, sizeof *lines, line_count, file) != line_count) {
        fail("cannot read the table");
    }
    fclose(file);
    for (size_t k = 0; k < line_count; k++) {
        if (lines[k].owner >= OWNERS && lines[k].owner != NO_OWNER) {
            fail("expected at most 256 owners, found more");
        }
    }
}

/* The text after "name=", or NULL if the argument is another. */
static const char *value(const char *argument, const char *name)
{
    const size_t length = strlen(name);

    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    const char *text;

    (void)info;
    for (int k = 0; k < argc; k++) {
        if ((text = value(argv[k], "begin")) != NULL) {
            begin_address = (uint32_t)strtoul(text, NULL, 16);
        } else if ((text = value(argv[k], "end")) != NULL) {
            end_address = (uint32_t)strtoul(text, NULL, 16);
        } else if ((text = value(argv[k], "table")) != NULL) {
            read_table(text);
        } else if ((text = value(argv[k], "out")) != NULL) {
            out_name = strdup(text);
        }
    }
    if (out_name == NULL || lines == NULL || begin_address == end_address) {
        fail("expected begin, end, table and out");
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}
