package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.tensor.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/// `lines inspect`.
@Command(name = "inspect", header = "Lists a model's tensors, stacks and layers.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", description = "A .safetensors file or a model folder.")
  private Path path;

  @Mixin private LayerMixin layers;
  @Mixin private RunMixin run;

  InspectCommand() {}

  @Override
  public Integer call() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      LayerMap map = LayerMap.detect(checkpoint.infos(), layers.options());
      if (run.isJson()) {
        Json.print(run.out(), json -> write(json, checkpoint, map));
      } else {
        print(checkpoint, map);
      }
    }
    return 0;
  }

  private void print(Checkpoint checkpoint, LayerMap map) {
    Table table = new Table("tensor", "type", "shape", "stack", "layer");
    for (TensorInfo info : checkpoint.infos()) {
      Place place = map.place(info.name());
      table.row(info.name(), info.dtype(), info.shape(), Places.stack(place), Places.layer(place));
    }
    table.print(run.out());
    run.say(
        "%d tensors, %,d bytes, %d file(s)"
            .formatted(
                checkpoint.infos().size(), checkpoint.byteSize(), checkpoint.shards().size()));
    for (Stack stack : map.stacks()) {
      run.say("stack %s: %d layers".formatted(stack.name(), stack.layers()));
    }
    if (map.stacks().isEmpty()) {
      run.say("no stack of layers found; names seen: " + String.join(", ", map.nameGroups()));
    }
  }

  private static void write(JsonGenerator json, Checkpoint checkpoint, LayerMap map) {
    Places.write(json, map.stacks());
    json.writeArrayPropertyStart("tensors");
    for (TensorInfo info : checkpoint.infos()) {
      json.writeStartObject();
      json.writeStringProperty("name", info.name());
      json.writeStringProperty("dtype", info.dtype().name());
      json.writeArrayPropertyStart("shape");
      info.shape().dims().forEach(json::writeNumber);
      json.writeEndArray();
      Places.write(json, map.place(info.name()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
