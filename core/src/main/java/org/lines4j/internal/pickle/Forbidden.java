package org.lines4j.internal.pickle;

import java.util.Set;

/// What no checkpoint needs: functions that load, run, open or send something. Nothing of a pickle
/// is ever called here, so this protects whoever reads the file next with a program that does.
final class Forbidden {
  private static final Set<String> MODULES =
      Set.of(
          "_codecs",
          "_pickle",
          "_posixsubprocess",
          "_socket",
          "asyncio",
          "bdb",
          "cffi",
          "code",
          "codeop",
          "cloudpickle",
          "commands",
          "ctypes",
          "dill",
          "distutils",
          "ensurepip",
          "http",
          "httplib",
          "importlib",
          "inspect",
          "io",
          "joblib",
          "marshal",
          "multiprocessing",
          "nt",
          "ntpath",
          "os",
          "pdb",
          "pickle",
          "pip",
          "pkgutil",
          "platform",
          "popen2",
          "posix",
          "pty",
          "requests",
          "runpy",
          "setuptools",
          "shutil",
          "signal",
          "site",
          "smtplib",
          "socket",
          "ssl",
          "subprocess",
          "sys",
          "tempfile",
          "threading",
          "timeit",
          "trace",
          "types",
          "urllib",
          "urllib2",
          "venv",
          "webbrowser",
          "zipimport");

  /// Of Python itself, what makes a value.
  private static final Set<String> BUILTINS =
      Set.of(
          "NoneType",
          "bool",
          "bytearray",
          "bytes",
          "complex",
          "dict",
          "float",
          "frozenset",
          "int",
          "list",
          "long",
          "object",
          "range",
          "set",
          "slice",
          "str",
          "tuple",
          "type",
          "unicode",
          "xrange",
          "NotImplementedType",
          "ellipsis",
          "Ellipsis",
          "NotImplemented");

  /// `encode` is how protocol 2 writes bytes, `_get_layout` how sparse and distributed tensors say
  /// how their elements lie.
  private static final Set<String> HARMLESS =
      Set.of(
          "_codecs.encode",
          "torch.serialization._get_layout",
          "types.SimpleNamespace",
          "types.MappingProxyType");

  private static final Set<String> FUNCTIONS =
      Set.of(
          "functools.partial",
          "functools.reduce",
          "operator.attrgetter",
          "operator.itemgetter",
          "operator.methodcaller",
          "torch.load",
          "torch.storage._load_from_bytes",
          "numpy.load",
          "numpy.testing._private.utils.runstring");

  private Forbidden() {}

  /// Whether a pickle that names this is not read at all.
  static boolean isForbidden(String module, String name) {
    String root = module.split("\\.", 2)[0];
    if (HARMLESS.contains(module + "." + name)) {
      return false;
    }
    return switch (root) {
      case "builtins", "__builtin__" -> !BUILTINS.contains(name);
      case "torch" -> isLoading(module, name);
      default -> MODULES.contains(root) || FUNCTIONS.contains(module + "." + name);
    };
  }

  /// A dotted name reaches through a module's attributes to whatever that has imported.
  private static boolean isLoading(String module, String name) {
    return FUNCTIONS.contains(module + "." + name)
        || (name.contains(".") && Character.isLowerCase(name.charAt(0)))
        || module.equals("torch.hub")
        || module.equals("torch.serialization")
        || module.startsWith("torch.utils.cpp_extension")
        || module.startsWith("torch._inductor")
        || module.startsWith("torch._dynamo");
  }
}
