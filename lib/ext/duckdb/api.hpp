// The table of functions of libduckdb.so, filled on first use.
#pragma once

#include <duckdb.h>

namespace mlsys::ext::duckdb {

#define MLSYS_DUCKDB_FUNCTIONS(X)                       \
  X(duckdb_library_version)                             \
  X(duckdb_create_config)                               \
  X(duckdb_set_config)                                  \
  X(duckdb_destroy_config)                              \
  X(duckdb_open_ext)                                    \
  X(duckdb_close)                                       \
  X(duckdb_connect)                                     \
  X(duckdb_disconnect)                                  \
  X(duckdb_interrupt)                                   \
  X(duckdb_query_progress)                              \
  X(duckdb_free)                                        \
  X(duckdb_prepare)                                     \
  X(duckdb_prepare_error)                               \
  X(duckdb_destroy_prepare)                             \
  X(duckdb_pending_prepared)                            \
  X(duckdb_pending_prepared_streaming)                  \
  X(duckdb_pending_execute_task)                        \
  X(duckdb_pending_error)                               \
  X(duckdb_execute_pending)                             \
  X(duckdb_destroy_pending)                             \
  X(duckdb_result_error)                                \
  X(duckdb_destroy_result)                              \
  X(duckdb_column_count)                                \
  X(duckdb_column_name)                                 \
  X(duckdb_column_logical_type)                         \
  X(duckdb_fetch_chunk)                                 \
  X(duckdb_create_logical_type)                         \
  X(duckdb_destroy_logical_type)                        \
  X(duckdb_get_type_id)                                 \
  X(duckdb_create_data_chunk)                           \
  X(duckdb_destroy_data_chunk)                          \
  X(duckdb_data_chunk_reset)                            \
  X(duckdb_data_chunk_get_vector)                       \
  X(duckdb_data_chunk_get_column_count)                 \
  X(duckdb_data_chunk_get_size)                         \
  X(duckdb_data_chunk_set_size)                         \
  X(duckdb_vector_size)                                 \
  X(duckdb_vector_get_data)                             \
  X(duckdb_vector_get_validity)                         \
  X(duckdb_vector_ensure_validity_writable)             \
  X(duckdb_vector_assign_string_element_len)            \
  X(duckdb_create_scalar_function)                      \
  X(duckdb_destroy_scalar_function)                     \
  X(duckdb_scalar_function_set_name)                    \
  X(duckdb_scalar_function_add_parameter)               \
  X(duckdb_scalar_function_set_return_type)             \
  X(duckdb_scalar_function_set_extra_info)              \
  X(duckdb_scalar_function_get_extra_info)              \
  X(duckdb_scalar_function_set_function)                \
  X(duckdb_scalar_function_set_special_handling)        \
  X(duckdb_scalar_function_set_volatile)                \
  X(duckdb_scalar_function_set_error)                   \
  X(duckdb_register_scalar_function)                    \
  X(duckdb_create_table_function)                       \
  X(duckdb_destroy_table_function)                      \
  X(duckdb_table_function_set_name)                     \
  X(duckdb_table_function_set_extra_info)               \
  X(duckdb_table_function_set_bind)                     \
  X(duckdb_table_function_set_init)                     \
  X(duckdb_table_function_set_function)                 \
  X(duckdb_table_function_supports_projection_pushdown) \
  X(duckdb_register_table_function)                     \
  X(duckdb_bind_get_extra_info)                         \
  X(duckdb_bind_add_result_column)                      \
  X(duckdb_bind_set_error)                              \
  X(duckdb_init_get_extra_info)                         \
  X(duckdb_init_get_column_count)                       \
  X(duckdb_init_get_column_index)                       \
  X(duckdb_init_set_init_data)                          \
  X(duckdb_init_set_max_threads)                        \
  X(duckdb_init_set_error)                              \
  X(duckdb_function_get_init_data)                      \
  X(duckdb_function_set_error)                          \
  X(duckdb_appender_create)                             \
  X(duckdb_appender_error)                              \
  X(duckdb_appender_close)                              \
  X(duckdb_appender_destroy)                            \
  X(duckdb_append_data_chunk)

struct Api {
#define MLSYS_DUCKDB_MEMBER(name) decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses)
  MLSYS_DUCKDB_FUNCTIONS(MLSYS_DUCKDB_MEMBER)
#undef MLSYS_DUCKDB_MEMBER
};

// Opens the library at the first call. Throws Error(Code::failed) when it is absent, too old or lacks a function.
const Api& api();

}  // namespace mlsys::ext::duckdb
