//! Previews: the walk for encoding, with a sink that takes everything.

use crate::contract::CreateDownlinkRequest;
use crate::directory::Directory;
use crate::encoder::Purpose;
use crate::error::{Bare, Error, Placed};
use crate::message::Method;
use crate::preview::{Preview, Shown};
use crate::senml::{Pack, UnixTime};

use super::Engine;
use super::walk::{Order, Walked};
use super::workspace::WalkMemory;

impl Engine {
    /// Shows what a request would send, byte by byte, or everything that keeps it from being sent.
    pub fn preview(
        &self,
        request: &CreateDownlinkRequest<'_>,
        directory: &dyn Directory,
        now: UnixTime,
    ) -> Preview {
        Preview::collect(|sink| {
            let mut placed = Placed::new(request.source(), sink);
            self.preview_request(request, directory, now, &mut placed)
        })
    }

    /// Reads a request and shows what it would send, or everything that is wrong with it.
    pub fn preview_json(&self, body: &[u8], directory: &dyn Directory, now: UnixTime) -> Preview {
        Preview::collect(|sink| {
            let request = CreateDownlinkRequest::read_json(body, self.profile, &self.limits, sink)?;
            let Some(request) = request else {
                return Ok(None);
            };
            let mut placed = Placed::new(request.source(), sink);
            self.preview_request(&request, directory, now, &mut placed)
        })
    }

    /// Shows what a pack would send, or everything that keeps it from being sent.
    pub fn preview_pack(
        &self,
        pack: &Pack<'_>,
        method: &Method,
        directory: &dyn Directory,
        now: UnixTime,
    ) -> Preview {
        Preview::collect(|sink| {
            let mut bare = Bare::new(sink);
            let encoders = self.source.encoders();
            let walk = self.walk(&encoders, directory, now, Purpose::Preview);
            let order = Order::of_pack(method);
            let walked = walk.pack(pack, &order, &mut WalkMemory::default(), &mut bare);
            Ok(walked.map_err(Bare::end)?.map(Walked::into_preview))
        })
    }

    fn preview_request(
        &self,
        request: &CreateDownlinkRequest<'_>,
        directory: &dyn Directory,
        now: UnixTime,
        sink: &mut Placed<'_, '_>,
    ) -> Result<Option<Shown>, Error> {
        let encoders = self.source.encoders();
        let walk = self.walk(&encoders, directory, now, Purpose::Preview);
        let walked = walk.request(request, &mut WalkMemory::default(), sink)?;
        Ok(walked.map(Walked::into_preview))
    }
}
