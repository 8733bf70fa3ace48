package org.lines4j;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.lines4j.layers.Place;
import org.lines4j.plan.Plan;

/// A plan whose output is a new adapter. Its factors are computed already and lie in a scratch
/// file, which closing this removes.
///
/// @param plan writes the adapter
/// @param modules that it changes by products
/// @param scratch what holds the factors
public record AdapterPlan(Plan plan, List<Module> modules, Closeable scratch) implements Closeable {
  /// Copies its list.
  public AdapterPlan {
    modules = List.copyOf(modules);
  }

  /// A module of the adapter.
  ///
  /// @param name in the running model
  /// @param place of its matrix
  /// @param rank how many directions its product has
  /// @param norm ‖·‖_F of the update that it stands for
  /// @param error ‖·‖_F of what it lacks of that update
  public record Module(String name, Place place, int rank, double norm, double error) {}

  /// ‖·‖_F of what the products of some modules lack, as a share of their updates'.
  public static double relativeError(List<Module> modules) {
    double error = 0;
    double norm = 0;
    for (Module module : modules) {
      error += module.error() * module.error();
      norm += module.norm() * module.norm();
    }
    return norm == 0 ? 0 : Math.sqrt(error / norm);
  }

  @Override
  public void close() throws IOException {
    scratch.close();
  }
}
