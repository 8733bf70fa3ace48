package org.lines4j.subspace.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.method.MethodType;
import org.lines4j.method.ModelMeasure;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.Values;

/// Another method with SVC behind it.
record CalibratedMethod(Svc step, MethodType method) implements MethodType {
  @Override
  public String name() {
    return method.name();
  }

  @Override
  public String summary() {
    return method.summary() + ", with calibrated singular values";
  }

  @Override
  public String citation() {
    return method.citation() + "; " + step.citation();
  }

  @Override
  public String equation() {
    return method.equation() + "; then " + step.equation();
  }

  @Override
  public String cost() {
    return method.cost().isEmpty() ? step.cost() : method.cost() + "; " + step.cost();
  }

  @Override
  public String advice() {
    return method.advice().isEmpty() ? step.advice() : method.advice() + "; " + step.advice();
  }

  @Override
  public BaseUse baseUse() {
    return BaseUse.REQUIRED;
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(method.parameters());
    all.add(
        new Parameter(
            Svc.PARAMETER,
            Scope.GLOBAL,
            Values.words(step.name()),
            Optional.of(step.name()),
            "how the merged update is calibrated"));
    all.add(Svc.floor());
    all.add(Svc.calibrated());
    return List.copyOf(all);
  }

  @Override
  public TensorMerge create(Settings settings) {
    return calibrate(method.create(settings), settings);
  }

  @Override
  public void prepare() {
    method.prepare();
  }

  @Override
  public int fewestModels() {
    return method.fewestModels();
  }

  @Override
  public int mostModels() {
    return method.mostModels();
  }

  @Override
  public boolean mergesListedBase() {
    return method.mergesListedBase();
  }

  /// A tensor's merge, calibrated if the tensor is a matrix.
  ///
  /// @throws IllegalArgumentException if it cannot be
  static TensorMerge calibrate(TensorMerge merge, MethodType.Settings settings) {
    if (!Matrices.isCalibrated(settings, settings.word(Svc.CALIBRATED))) {
      return merge;
    }
    if (merge instanceof TensorMerge.WholeModel) {
      throw new IllegalArgumentException(
          "svc calibrates tensors one by one, but what is kept here depends on thresholds over"
              + " whole models; take one for each tensor (trim_scope: tensor)");
    }
    int models = settings.models().size();
    double floor = settings.number(Svc.FLOOR);
    double least = floor == 0 ? 1.0 / models : floor;
    return merge instanceof TensorMerge.MeasuredModel measured
        ? new Measured(measured, least, models)
        : new CalibratedMerge(merge, least, models);
  }

  /// Calibrated once it is merged, which it is once whole models were measured.
  private record Measured(TensorMerge.MeasuredModel merge, double floor, int models)
      implements TensorMerge.MeasuredModel {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public ModelMeasure measure() {
      return merge.measure();
    }

    @Override
    public TensorMerge given(List<Double> known) {
      return new CalibratedMerge(merge.given(known), floor, models);
    }
  }
}
