package org.lines4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.lines4j.error.Counted;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Encoding;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.quantised.Quantisation;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/// `lines inspect`.
@Command(
    name = "inspect",
    header = "Say what a model is, and list its tensors, stacks and layers.",
    customSynopsis = "lines inspect PATH [OPTIONS]")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "PATH",
      description = {
        "A file of safetensors, PyTorch, GGUF or ONNX, a Hugging Face model folder, an adapter, or"
            + " a model of the Hub (org/name)."
      })
  private Location path;

  @Mixin private LayerMixin layers;
  @Mixin private RunMixin run;

  InspectCommand() {}

  @Override
  public Integer call() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.openParts(path)) {
      LayerMap map = layers.map(checkpoint).checkUsed();
      Optional<Quantisation> quantised = Quantisation.of(checkpoint);
      if (run.isJson()) {
        Json.print(run.out(), json -> write(json, checkpoint, map, quantised));
      } else {
        print(checkpoint, map);
        quantised.ifPresent(found -> run.out().println(found.inWords()));
        run.out().flush();
      }
    }
    return 0;
  }

  private void print(Checkpoint checkpoint, LayerMap map) {
    Table table = new Table("tensor", "type", "shape", "stack", "layer");
    long bytes = 0;
    for (StoredTensor tensor : checkpoint.tensors()) {
      TensorInfo info = tensor.info();
      Place place = map.place(info.name());
      TensorSource source = checkpoint.source(tensor);
      String type = isCoded(source) ? source.storedAs() : info.dtype().name();
      bytes += source.storedSize();
      table.row(info.name(), type, info.shape(), Places.stack(place), Places.layer(place));
    }
    PrintWriter out = run.out();
    table.print(out);
    out.printf(
        "%n%s, %,d bytes in %s%n",
        Counted.of(checkpoint.infos().size(), "tensor"),
        bytes,
        Counted.of(checkpoint.shards().size(), "file"));
    out.printf("format %s, at %s%n", checkpoint.format(), Shown.whole(place(checkpoint).text()));
    checkpoint.unread().ifPresent(text -> out.println("note: " + text));
    for (Stack stack : map.stacks()) {
      out.printf("stack %s: %s%n", stack.name(), Counted.of(stack.layers(), "layer"));
    }
    if (map.stacks().isEmpty()) {
      out.println("no stack of layers found; names seen:");
      map.nameGroups().forEach(group -> out.println("  " + group));
    }
    out.flush();
  }

  /// The file, where there is one, else the folder.
  private static Location place(Checkpoint checkpoint) {
    return checkpoint.shards().size() == 1
        ? checkpoint.shards().getFirst().location()
        : checkpoint.location();
  }

  private static boolean isCoded(TensorSource source) {
    return !(source.encoding() instanceof Encoding.Plain);
  }

  private static void write(
      JsonGenerator json, Checkpoint checkpoint, LayerMap map, Optional<Quantisation> quantised) {
    json.writeStringProperty("format", checkpoint.format());
    json.writeStringProperty("place", checkpoint.location().toString());
    json.writeArrayPropertyStart("files");
    checkpoint.shards().forEach(shard -> json.writeString(shard.location().name()));
    json.writeEndArray();
    Places.write(json, map.stacks());
    if (quantised.isPresent()) {
      write(json, quantised.get());
    } else {
      json.writeNullProperty("quantisation");
    }
    json.writeStringProperty("unread", checkpoint.unread().orElse(null));
    json.writeArrayPropertyStart("tensors");
    for (StoredTensor tensor : checkpoint.tensors()) {
      TensorInfo info = tensor.info();
      TensorSource source = checkpoint.source(tensor);
      json.writeStartObject();
      json.writeStringProperty("name", info.name());
      json.writeStringProperty("dtype", info.dtype().name());
      if (isCoded(source)) {
        json.writeStringProperty("stored", source.storedAs());
      }
      json.writeArrayPropertyStart("shape");
      info.shape().dims().forEach(json::writeNumber);
      json.writeEndArray();
      Places.write(json, map.place(info.name()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Quantisation quantised) {
    json.writeObjectPropertyStart("quantisation");
    json.writeStringProperty("scheme", quantised.scheme().id());
    json.writeStringProperty("description", quantised.scheme().description());
    json.writeStringProperty("method", quantised.method().orElse(null));
    json.writeStringProperty("file", quantised.file().toString());
    json.writeStringProperty("tensor", quantised.tensor().orElse(null));
    json.writeNumberProperty("tensors", quantised.tensors());
    json.writeBooleanProperty("plain_weights", quantised.isPlain());
    json.writeBooleanProperty("read", quantised.isRead());
    json.writeEndObject();
  }
}
