package org.lines4j.cli;

import java.lang.module.ModuleFinder;
import java.util.Set;

/// Resolves `jdk.incubator.vector` while running.
///
/// `--add-modules` on the command line would print "WARNING: Using incubator modules" at every
/// start and switch off the AOT cache. The JDK's own `Modules.loadModule` resolves a system module
/// later, with the same intrinsics; the jar's manifest exports it to us (`Add-Exports`).
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /// Takes the JDK through what [#resolve] begins with, and resolves nothing: classes that are
  /// linked to the module cannot be in an AOT cache.
  static void rehearse() {
    ModuleLayer.boot()
        .configuration()
        .resolve(ModuleFinder.ofSystem(), ModuleFinder.of(), Set.of(NAME));
  }

  /// Returns whether the module can be used from now on; without it everything still works, slower.
  /// Whoever comes while another thread resolves it waits: kernels are chosen once, at the first
  /// use, and would be the slow ones.
  public static boolean resolve() {
    return Resolved.IS_USABLE;
  }

  private static final class Resolved {
    static final boolean IS_USABLE = load();

    private static boolean load() {
      if (ModuleLayer.boot().findModule(NAME).isPresent()) {
        return true;
      }
      try {
        Class.forName("jdk.internal.module.Modules")
            .getMethod("loadModule", String.class)
            .invoke(null, NAME);
        return true;
      } catch (ReflectiveOperationException unavailable) {
        return false;
      }
    }
  }
}
