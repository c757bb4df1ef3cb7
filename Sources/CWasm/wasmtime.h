// What Apus calls of Wasmtime's C interface, version 50, declared by hand: the library comes
// without headers and is loaded at run time, so that a build needs nothing of it. No logic.
#ifndef APUS_CWASM_H
#define APUS_CWASM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct wasm_config wasm_config_t;
typedef struct wasm_engine wasm_engine_t;
typedef struct wasm_functype wasm_functype_t;
typedef struct wasm_memorytype wasm_memorytype_t;
typedef struct wasm_trap wasm_trap_t;
typedef struct wasm_valtype wasm_valtype_t;
typedef struct wasmtime_caller wasmtime_caller_t;
typedef struct wasmtime_context wasmtime_context_t;
typedef struct wasmtime_error wasmtime_error_t;
typedef struct wasmtime_instance_pre wasmtime_instance_pre_t;
typedef struct wasmtime_linker wasmtime_linker_t;
typedef struct wasmtime_module wasmtime_module_t;
typedef struct wasmtime_store wasmtime_store_t;

typedef struct {
  size_t size;
  uint8_t *data;
} wasm_byte_vec_t;

typedef struct {
  size_t size;
  wasm_valtype_t **data;
} wasm_valtype_vec_t;

typedef struct {
  uint64_t store;
  void *place;
} wasmtime_func_t;

typedef struct {
  uint64_t store;
  size_t place;
} wasmtime_instance_t;

typedef struct {
  struct {
    uint64_t store;
    uint32_t first;
  } owner;
  uint32_t second;
} wasmtime_memory_t;

typedef struct {
  uint8_t kind;
  union {
    wasmtime_func_t func;
    wasmtime_memory_t memory;
    uint64_t room[3];
  } of;
} wasmtime_extern_t;

typedef union {
  int32_t i32;
  int64_t i64;
  uint8_t v128[16];
} wasmtime_val_raw_t;

_Static_assert(sizeof(wasmtime_memory_t) == 24, "memory");
_Static_assert(sizeof(wasmtime_extern_t) == 32, "extern");
_Static_assert(sizeof(wasmtime_val_raw_t) == 16, "value");

// The kinds of values, of things that an instance exports, and of compilers' aims.
#define APUS_WASM_I32 0
#define APUS_WASM_I64 1
#define APUS_WASM_EXTERN_FUNCTION 0
#define APUS_WASM_EXTERN_MEMORY 3
#define APUS_WASM_OPTIMISE_SPEED 1

// A linear memory that the host lays out.
typedef struct {
  void *env;
  uint8_t *(*get_memory)(void *env, size_t *size, size_t *capacity);
  wasmtime_error_t *(*grow_memory)(void *env, size_t size);
  void (*finalizer)(void *env);
} wasmtime_linear_memory_t;

typedef struct {
  void *env;
  wasmtime_error_t *(*new_memory)(void *env, const wasm_memorytype_t *type, size_t minimum,
                                  size_t maximum, size_t reserved, size_t guard,
                                  wasmtime_linear_memory_t *memory);
  void (*finalizer)(void *env);
} wasmtime_memory_creator_t;

typedef wasm_trap_t *(*wasmtime_callback_t)(void *env, wasmtime_caller_t *caller,
                                            wasmtime_val_raw_t *values, size_t count);
typedef void (*wasmtime_finalizer_t)(void *env);

// result | name | parameters
#define APUS_WASM_FUNCTIONS(each)                                                                  \
  each(wasm_config_t *, wasm_config_new, (void))                                                   \
  each(wasm_engine_t *, wasm_engine_new_with_config, (wasm_config_t *))                            \
  each(void, wasm_engine_delete, (wasm_engine_t *))                                                \
  each(void, wasm_byte_vec_delete, (wasm_byte_vec_t *))                                            \
  each(wasm_valtype_t *, wasm_valtype_new, (uint8_t kind))                                         \
  each(void, wasm_valtype_vec_new,                                                                 \
       (wasm_valtype_vec_t *, size_t count, wasm_valtype_t *const *))                              \
  each(wasm_functype_t *, wasm_functype_new,                                                       \
       (wasm_valtype_vec_t *parameters, wasm_valtype_vec_t *results))                              \
  each(void, wasm_functype_delete, (wasm_functype_t *))                                            \
  each(void, wasm_trap_message, (const wasm_trap_t *, wasm_byte_vec_t *))                          \
  each(void, wasm_trap_delete, (wasm_trap_t *))                                                    \
  each(void, wasmtime_config_consume_fuel_set, (wasm_config_t *, bool))                            \
  each(void, wasmtime_config_cranelift_nan_canonicalization_set, (wasm_config_t *, bool))          \
  each(void, wasmtime_config_cranelift_opt_level_set, (wasm_config_t *, uint8_t))                  \
  each(void, wasmtime_config_gc_support_set, (wasm_config_t *, bool))                              \
  each(void, wasmtime_config_host_memory_creator_set,                                              \
       (wasm_config_t *, wasmtime_memory_creator_t *))                                             \
  each(void, wasmtime_config_max_wasm_stack_set, (wasm_config_t *, size_t))                        \
  each(void, wasmtime_config_memory_guard_size_set, (wasm_config_t *, uint64_t))                   \
  each(void, wasmtime_config_memory_init_cow_set, (wasm_config_t *, bool))                         \
  each(void, wasmtime_config_memory_may_move_set, (wasm_config_t *, bool))                         \
  each(void, wasmtime_config_memory_reservation_set, (wasm_config_t *, uint64_t))                  \
  each(void, wasmtime_config_parallel_compilation_set, (wasm_config_t *, bool))                    \
  each(void, wasmtime_config_shared_memory_set, (wasm_config_t *, bool))                           \
  each(void, wasmtime_config_wasm_component_model_set, (wasm_config_t *, bool))                    \
  each(void, wasmtime_config_wasm_exceptions_set, (wasm_config_t *, bool))                         \
  each(void, wasmtime_config_wasm_function_references_set, (wasm_config_t *, bool))                \
  each(void, wasmtime_config_wasm_gc_set, (wasm_config_t *, bool))                                 \
  each(void, wasmtime_config_wasm_memory64_set, (wasm_config_t *, bool))                           \
  each(void, wasmtime_config_wasm_multi_memory_set, (wasm_config_t *, bool))                       \
  each(void, wasmtime_config_wasm_relaxed_simd_deterministic_set, (wasm_config_t *, bool))         \
  each(void, wasmtime_config_wasm_threads_set, (wasm_config_t *, bool))                            \
  each(wasmtime_error_t *, wasmtime_context_get_fuel, (const wasmtime_context_t *, uint64_t *))    \
  each(wasmtime_error_t *, wasmtime_context_set_fuel, (wasmtime_context_t *, uint64_t))            \
  each(void *, wasmtime_context_get_data, (const wasmtime_context_t *))                            \
  each(wasmtime_context_t *, wasmtime_caller_context, (wasmtime_caller_t *))                       \
  each(bool, wasmtime_caller_export_get,                                                           \
       (wasmtime_caller_t *, const char *name, size_t count, wasmtime_extern_t *))                 \
  each(void, wasmtime_error_message, (const wasmtime_error_t *, wasm_byte_vec_t *))                \
  each(void, wasmtime_error_delete, (wasmtime_error_t *))                                          \
  each(wasmtime_error_t *, wasmtime_error_new, (const char *))                                     \
  each(wasmtime_error_t *, wasmtime_func_call,                                                     \
       (wasmtime_context_t *, const wasmtime_func_t *, const void *arguments, size_t count,        \
        void *results, size_t result_count, wasm_trap_t **))                                       \
  each(bool, wasmtime_instance_export_get,                                                         \
       (wasmtime_context_t *, const wasmtime_instance_t *, const char *name, size_t count,         \
        wasmtime_extern_t *))                                                                      \
  each(void, wasmtime_instance_pre_delete, (wasmtime_instance_pre_t *))                            \
  each(wasmtime_error_t *, wasmtime_instance_pre_instantiate,                                      \
       (const wasmtime_instance_pre_t *, wasmtime_context_t *, wasmtime_instance_t *,              \
        wasm_trap_t **))                                                                           \
  each(wasmtime_linker_t *, wasmtime_linker_new, (wasm_engine_t *))                                \
  each(void, wasmtime_linker_delete, (wasmtime_linker_t *))                                        \
  each(wasmtime_error_t *, wasmtime_linker_define_func_unchecked,                                  \
       (wasmtime_linker_t *, const char *module, size_t module_count, const char *name,            \
        size_t name_count, const wasm_functype_t *, wasmtime_callback_t, void *env,                \
        wasmtime_finalizer_t))                                                                     \
  each(wasmtime_error_t *, wasmtime_linker_instantiate_pre,                                        \
       (const wasmtime_linker_t *, const wasmtime_module_t *, wasmtime_instance_pre_t **))         \
  each(uint8_t *, wasmtime_memory_data, (const wasmtime_context_t *, const wasmtime_memory_t *))   \
  each(size_t, wasmtime_memory_data_size,                                                          \
       (const wasmtime_context_t *, const wasmtime_memory_t *))                                    \
  each(wasmtime_error_t *, wasmtime_module_new,                                                    \
       (wasm_engine_t *, const uint8_t *, size_t count, wasmtime_module_t **))                     \
  each(wasmtime_error_t *, wasmtime_module_deserialize,                                            \
       (wasm_engine_t *, const uint8_t *, size_t count, wasmtime_module_t **))                     \
  each(wasmtime_error_t *, wasmtime_module_serialize, (wasmtime_module_t *, wasm_byte_vec_t *))    \
  each(void, wasmtime_module_delete, (wasmtime_module_t *))                                        \
  each(void, wasmtime_module_image_range, (const wasmtime_module_t *, void **start, void **end))   \
  each(wasmtime_store_t *, wasmtime_store_new, (wasm_engine_t *, void *, wasmtime_finalizer_t))    \
  each(void, wasmtime_store_delete, (wasmtime_store_t *))                                          \
  each(wasmtime_context_t *, wasmtime_store_context, (wasmtime_store_t *))                         \
  each(void, wasmtime_store_limiter,                                                               \
       (wasmtime_store_t *, int64_t memory, int64_t elements, int64_t instances, int64_t tables,   \
        int64_t memories))                                                                         \
  each(bool, wasmtime_trap_code, (const wasm_trap_t *, uint8_t *))                                 \
  each(wasm_trap_t *, wasmtime_trap_new, (const char *, size_t count))                             \
  each(wasmtime_error_t *, wasmtime_wat2wasm, (const char *, size_t count, wasm_byte_vec_t *))

// One pointer to each function, in this order, and their names.
#define APUS_WASM_POINTER(result, name, parameters) result(*name) parameters;
#define APUS_WASM_NAME(result, name, parameters) #name,
typedef struct {
  APUS_WASM_FUNCTIONS(APUS_WASM_POINTER)
} apus_wasm_functions_t;

static const char *const apus_wasm_names[] = {APUS_WASM_FUNCTIONS(APUS_WASM_NAME)};
static inline size_t apus_wasm_count(void) { return sizeof apus_wasm_names / sizeof(char *); }
static inline const char *apus_wasm_name(size_t place) { return apus_wasm_names[place]; }
_Static_assert(sizeof apus_wasm_names == sizeof(apus_wasm_functions_t), "a pointer to each");
#endif
