package org.lines4j.subspace.method;

import java.util.List;
import java.util.Optional;
import org.lines4j.method.Calibration;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.Values;

/// SVC: singular values of a merged update calibrated, so that directions in which the models agree
/// do not count several times. By itself, of the sum of the updates; else behind another method.
public final class Svc implements Calibration {
  static final String FLOOR = "floor";
  static final String CALIBRATED = "calibrated";

  /// For `ServiceLoader`.
  public Svc() {}

  @Override
  public String name() {
    return "svc";
  }

  @Override
  public String summary() {
    return "the sum of the updates, or what another method merges (calibrate: svc), with calibrated"
        + " singular values";
  }

  @Override
  public String citation() {
    return "SVC, 2026, arXiv 2602.05536, and its code (lyymuwu/SVC)";
  }

  @Override
  public String equation() {
    return "Δ = U·S·Vᵀ; aᵢ,ᵣ = uᵣᵀτᵢ; sᵢ,ᵣ = ⟨uᵣᵀΔ, aᵢ,ᵣ⟩/‖aᵢ,ᵣ‖²; γᵣ = N/Σᵢ max(floor, sᵢ,ᵣ);"
        + " τ = U·diag(γS)·Vᵀ; all but matrices as they were merged";
  }

  @Override
  public String cost() {
    return "one eigendecomposition of r × r for each matrix, r its smaller extent, and N products"
        + " of r × m × n, behind what the other method takes; all models' matrices in memory";
  }

  @Override
  public String advice() {
    return "behind task_arithmetic and ties, whose sums overstate what models share; iso_c and"
        + " iso_cts make singular values equal by themselves. No comparison with the others"
        + " here on one table is known. lambda and lines count behind it, so they scale what"
        + " was calibrated";
  }

  @Override
  public BaseUse baseUse() {
    return BaseUse.REQUIRED;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(SubspaceMethod.weight(), SubspaceMethod.lambda(1), floor(), calibrated());
  }

  static Parameter floor() {
    return SubspaceMethod.global(
        FLOOR, Values.FRACTION, 0, "the least that a model counts in a direction; 0 for 1/N");
  }

  static Parameter calibrated() {
    return new Parameter(
        CALIBRATED,
        Scope.GLOBAL,
        Values.PATTERN,
        Optional.of(""),
        "names of the tensors of two dimensions that are calibrated; empty for all but embeddings,"
            + " output heads and text_projection");
  }

  @Override
  public TensorMerge create(Settings settings) {
    return CalibratedMethod.calibrate(new Sum(settings.numbers("weight")), settings);
  }

  @Override
  public MethodType after(MethodType method) {
    return new CalibratedMethod(this, method);
  }
}
