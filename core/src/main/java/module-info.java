/// Reads, edits and writes checkpoints: see [org.lines4j.Edit] to start with.
@SuppressWarnings("module") // modules above are not there when this one is compiled
@org.jspecify.annotations.NullMarked
module org.lines4j.core {
  requires jdk.unsupported;
  requires static jdk.incubator.vector;
  requires static org.jspecify;
  requires tools.jackson.core;

  uses org.lines4j.format.InputFormat;
  uses org.lines4j.format.OutputFormat;
  uses org.lines4j.lowrank.LowRank;
  uses org.lines4j.method.MethodType;
  uses org.lines4j.plan.PlanRunner;
  uses org.lines4j.storage.Storage;

  provides org.lines4j.format.InputFormat with
      org.lines4j.internal.gguf.GgufFormat,
      org.lines4j.internal.lora.KohyaFormat,
      org.lines4j.internal.lora.PeftFormat,
      org.lines4j.internal.onnx.OnnxFormat,
      org.lines4j.internal.safetensors.SafetensorsFormat,
      org.lines4j.internal.torch.TorchFormat;
  provides org.lines4j.format.OutputFormat with
      org.lines4j.internal.gguf.GgufOutput,
      org.lines4j.internal.safetensors.SafetensorsOutput,
      org.lines4j.internal.torch.TorchOutput;
  provides org.lines4j.plan.PlanRunner with
      org.lines4j.internal.output.LocalPlanRunner;
  provides org.lines4j.storage.Storage with
      org.lines4j.internal.local.LocalStorage,
      org.lines4j.internal.memory.MemoryStorage;

  exports org.lines4j;
  exports org.lines4j.check;
  exports org.lines4j.diff;
  exports org.lines4j.error;
  exports org.lines4j.format;
  exports org.lines4j.layers;
  exports org.lines4j.lowrank;
  exports org.lines4j.merge;
  exports org.lines4j.method;
  exports org.lines4j.plan;
  exports org.lines4j.run;
  exports org.lines4j.storage;
  exports org.lines4j.storage.far;
  exports org.lines4j.quantised;
  exports org.lines4j.tensor;
  exports org.lines4j.files to
      org.lines4j.cli,
      org.lines4j.evaluate,
      org.lines4j.hub,
      org.lines4j.s3,
      org.lines4j.subspace,
      org.lines4j.tune;
}
