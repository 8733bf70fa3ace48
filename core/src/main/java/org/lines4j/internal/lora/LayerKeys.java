package org.lines4j.internal.lora;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// What an adapter calls the factors of a layer's change, and how they lie.
///
/// @param module the layer's name in the running model
/// @param a the name of `lora_A`
/// @param b the name of `lora_B`
/// @param inputs [any rank, in, …]
/// @param outputs how many
/// @param isTurned whether the base's tensor is [in, out]
public record LayerKeys(
    String module, String a, String b, Shape inputs, long outputs, boolean isTurned) {
  /// What an adapter puts before the names of modules.
  public static final String PREFIX = AdapterKey.PREFIX;

  private static final Pattern ADAPTER_NAME =
      Pattern.compile("\\.(lora_(?:embedding_)?[AB])\\.(?!weight$)[^.]+");

  static LayerKeys of(LoraModule module, boolean isTurned) {
    return new LayerKeys(
        module.name(),
        written(module.a().info().name()),
        written(module.b().info().name()),
        module.a().info().shape(),
        module.outputs(),
        isTurned);
  }

  /// Those of a layer that no adapter has named: as PEFT names them.
  ///
  /// @param stored the base's tensor, `MODULE.weight`
  public static LayerKeys of(String module, Shape stored, boolean isTurned) {
    List<Long> inputs = new ArrayList<>(isTurned ? stored.dims().reversed() : stored.dims());
    long outputs = inputs.set(0, 1L);
    return new LayerKeys(
        module,
        PREFIX + module + ".lora_A.weight",
        PREFIX + module + ".lora_B.weight",
        new Shape(inputs),
        outputs,
        isTurned);
  }

  /// Raw state dicts name the adapter, too, and no model around it.
  private static String written(String name) {
    String own = ADAPTER_NAME.matcher(name).replaceAll(".$1");
    return own.startsWith(PREFIX) ? own : PREFIX + own;
  }

  /// `lora_A` of a rank.
  public TensorInfo first(int rank) {
    List<Long> dims = new ArrayList<>(inputs.dims());
    dims.set(0, (long) rank);
    return new TensorInfo(a, DType.F32, new Shape(dims));
  }

  /// `lora_B` of a rank.
  public TensorInfo second(int rank) {
    List<Long> dims = new ArrayList<>(java.util.Collections.nCopies(inputs.rank(), 1L));
    dims.set(0, outputs);
    dims.set(1, (long) rank);
    return new TensorInfo(b, DType.F32, new Shape(dims));
  }
}
