// What Apus calls of JavaScriptCore's C interface, declared by hand: the library is loaded at run
// time, so that a build needs nothing of it. No logic.
#ifndef APUS_CSCRIPT_H
#define APUS_CSCRIPT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef const struct OpaqueJSContext *JSContextRef;
typedef const struct OpaqueJSContextGroup *JSContextGroupRef;
typedef struct OpaqueJSString *JSStringRef;
// Values and objects of the engine are one kind of pointer: an object is a value.
typedef const struct OpaqueJSValue *JSValueRef;
typedef struct OpaqueJSValue *JSObjectRef;

typedef bool (*JSShouldTerminateCallback)(JSContextRef, void *);
typedef JSValueRef (*JSObjectCallAsFunctionCallback)(JSContextRef, JSObjectRef function,
                                                     JSObjectRef self, size_t count,
                                                     const JSValueRef *arguments,
                                                     JSValueRef *exception);

enum {
  // JSTypedArrayType: of Uint8Array, and of what is no typed array.
  APUS_SCRIPT_BYTES = 3,
  APUS_SCRIPT_NO_BYTES = 10,
};

// Every function: its result, its name in the library, its parameters.
#define APUS_SCRIPT_FUNCTIONS(each)                                                                \
  each(JSContextGroupRef, JSContextGroupCreate, (void))                                            \
  each(void, JSContextGroupRelease, (JSContextGroupRef))                                           \
  each(void, JSContextGroupSetExecutionTimeLimit,                                                  \
       (JSContextGroupRef, double seconds, JSShouldTerminateCallback, void *))                     \
  each(JSContextRef, JSGlobalContextCreateInGroup, (JSContextGroupRef, void *kind))                \
  each(void, JSGlobalContextRelease, (JSContextRef))                                               \
  each(void, JSGlobalContextSetIncludesNativeCallStackWhenReportingExceptions,                     \
       (JSContextRef, bool))                                                                      \
  each(void, JSGlobalContextSetUnhandledRejectionCallback,                                         \
       (JSContextRef, JSValueRef function, JSValueRef *exception))                                 \
  each(JSValueRef, JSContextGetGlobalObject, (JSContextRef))                                       \
  each(bool, JSCheckScriptSyntax,                                                                  \
       (JSContextRef, JSStringRef, JSStringRef name, int line, JSValueRef *exception))             \
  each(JSValueRef, JSEvaluateScript,                                                               \
       (JSContextRef, JSStringRef, JSValueRef self, JSStringRef name, int line,                    \
        JSValueRef *exception))                                                                    \
  each(JSStringRef, JSStringCreateWithUTF8CString, (const char *))                                 \
  each(JSStringRef, JSStringCreateWithCharacters, (const uint16_t *, size_t count))                \
  each(void, JSStringRelease, (JSStringRef))                                                       \
  each(size_t, JSStringGetLength, (JSStringRef))                                                   \
  each(const uint16_t *, JSStringGetCharactersPtr, (JSStringRef))                                  \
  each(size_t, JSStringGetMaximumUTF8CStringSize, (JSStringRef))                                   \
  each(size_t, JSStringGetUTF8CString, (JSStringRef, char *, size_t))                              \
  each(JSValueRef, JSObjectMakeFunctionWithCallback,                                               \
       (JSContextRef, JSStringRef name, JSObjectCallAsFunctionCallback))                           \
  each(JSValueRef, JSObjectGetProperty,                                                            \
       (JSContextRef, JSValueRef, JSStringRef name, JSValueRef *exception))                        \
  each(JSValueRef, JSObjectCallAsFunction,                                                         \
       (JSContextRef, JSValueRef function, JSValueRef self, size_t count,                          \
        const JSValueRef *arguments, JSValueRef *exception))                                       \
  each(JSValueRef, JSObjectMakeError,                                                              \
       (JSContextRef, size_t count, const JSValueRef *arguments, JSValueRef *exception))           \
  each(JSValueRef, JSObjectMakeTypedArray,                                                         \
       (JSContextRef, int kind, size_t count, JSValueRef *exception))                              \
  each(void *, JSObjectGetTypedArrayBytesPtr, (JSContextRef, JSValueRef, JSValueRef *exception))   \
  each(size_t, JSObjectGetTypedArrayByteLength,                                                    \
       (JSContextRef, JSValueRef, JSValueRef *exception))                                          \
  each(void, JSValueProtect, (JSContextRef, JSValueRef))                                           \
  each(void, JSValueUnprotect, (JSContextRef, JSValueRef))                                         \
  each(JSValueRef, JSValueMakeUndefined, (JSContextRef))                                           \
  each(JSValueRef, JSValueMakeBoolean, (JSContextRef, bool))                                       \
  each(JSValueRef, JSValueMakeNumber, (JSContextRef, double))                                      \
  each(JSValueRef, JSValueMakeString, (JSContextRef, JSStringRef))                                 \
  each(JSValueRef, JSValueMakeFromJSONString, (JSContextRef, JSStringRef))                         \
  each(JSStringRef, JSValueCreateJSONString,                                                       \
       (JSContextRef, JSValueRef, unsigned indent, JSValueRef *exception))                         \
  each(JSStringRef, JSValueToStringCopy, (JSContextRef, JSValueRef, JSValueRef *exception))        \
  each(double, JSValueToNumber, (JSContextRef, JSValueRef, JSValueRef *exception))                 \
  each(bool, JSValueToBoolean, (JSContextRef, JSValueRef))                                         \
  each(bool, JSValueIsUndefined, (JSContextRef, JSValueRef))                                       \
  each(int, JSValueGetTypedArrayType, (JSContextRef, JSValueRef, JSValueRef *exception))

// One pointer to each function, in this order, and their names.
#define APUS_SCRIPT_POINTER(result, name, parameters) result(*name) parameters;
#define APUS_SCRIPT_NAME(result, name, parameters) #name,
typedef struct {
  APUS_SCRIPT_FUNCTIONS(APUS_SCRIPT_POINTER)
} apus_script_functions_t;

static const char *const apus_script_names[] = {APUS_SCRIPT_FUNCTIONS(APUS_SCRIPT_NAME)};
static inline size_t apus_script_count(void) { return sizeof apus_script_names / sizeof(char *); }
static inline const char *apus_script_name(size_t place) { return apus_script_names[place]; }
_Static_assert(sizeof apus_script_names == sizeof(apus_script_functions_t), "a pointer to each");
#endif
