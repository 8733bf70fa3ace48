package org.lines4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.lines4j.error.RequestException;
import org.lines4j.internal.method.ArceeFusion;
import org.lines4j.internal.method.Breadcrumbs;
import org.lines4j.internal.method.Consensus;
import org.lines4j.internal.method.Dare;
import org.lines4j.internal.method.Della;
import org.lines4j.internal.method.Karcher;
import org.lines4j.internal.method.Linear;
import org.lines4j.internal.method.MetaGpt;
import org.lines4j.internal.method.ModelStock;
import org.lines4j.internal.method.MultiSlerp;
import org.lines4j.internal.method.NearSwap;
import org.lines4j.internal.method.NuSlerp;
import org.lines4j.internal.method.Parameters;
import org.lines4j.internal.method.Passthrough;
import org.lines4j.internal.method.Pcb;
import org.lines4j.internal.method.Ram;
import org.lines4j.internal.method.Sce;
import org.lines4j.internal.method.Slerp;
import org.lines4j.internal.method.TaskArithmetic;
import org.lines4j.internal.method.Ties;
import org.lines4j.method.MethodType;

/// The merge methods that there are: ours, and those that jars on the module or class path provide
/// as services of [MethodType].
public final class Methods {
  private static final List<MethodType> BUILT_IN =
      List.of(
          Linear.TYPE,
          TaskArithmetic.TYPE,
          MetaGpt.TYPE,
          Ties.TYPE,
          Consensus.TYPE,
          Dare.LINEAR_TYPE,
          Dare.TIES_TYPE,
          Della.TYPE,
          Della.LINEAR_TYPE,
          Breadcrumbs.TYPE,
          Breadcrumbs.TIES_TYPE,
          Slerp.TYPE,
          NuSlerp.TYPE,
          MultiSlerp.TYPE,
          Karcher.TYPE,
          ModelStock.TYPE,
          Sce.TYPE,
          NearSwap.TYPE,
          ArceeFusion.TYPE,
          Ram.TYPE,
          Ram.PLUS_TYPE,
          Pcb.TYPE,
          Passthrough.TYPE);

  private Methods() {}

  /// All of them: ours in the order of the documentation, then others by name.
  ///
  /// @throws RequestException if two have the same name, or one cannot be loaded
  public static List<MethodType> all() {
    List<MethodType> all = new ArrayList<>(BUILT_IN);
    try {
      ServiceLoader.load(MethodType.class).stream()
          .map(ServiceLoader.Provider::get)
          .sorted((a, b) -> a.name().compareTo(b.name()))
          .forEach(all::add);
    } catch (ServiceConfigurationError e) {
      throw new RequestException(
          "a merge method on the class path cannot be loaded: " + e.getMessage());
    }
    all.stream().skip(BUILT_IN.size()).forEach(Methods::check);
    Map<String, MethodType> names = new TreeMap<>();
    for (MethodType method : all) {
      MethodType other = names.put(method.name(), method);
      if (other != null) {
        throw new RequestException(
            "two merge methods are called %s: %s and %s"
                .formatted(method.name(), other.getClass().getName(), method.getClass().getName()));
      }
    }
    return List.copyOf(all);
  }

  /// Checks what a method says of itself.
  private static void check(MethodType method) {
    String why;
    try {
      why = Parameters.mistake(method.parameters()).orElse("");
    } catch (RuntimeException e) {
      why = String.valueOf(e.getMessage());
    } catch (LinkageError e) {
      why = e + "; perhaps it was built for another version of lines";
    }
    if (!why.isEmpty()) {
      throw new RequestException(
          "the merge method %s cannot be used: %s".formatted(method.getClass().getName(), why));
    }
  }

  /// The method that recipes call `name`.
  public static Optional<MethodType> find(String name) {
    return all().stream().filter(method -> method.name().equals(name)).findFirst();
  }
}
